package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Grower is anything that takes the room that is left.
type Grower interface{ Grows() bool }

func grows(object fyne.CanvasObject) bool {
	grower, ok := object.(Grower)
	return ok && grower.Grows()
}

// Shrinker is anything that can be drawn lower than it likes to be: keys, the signature pad.
type Shrinker interface{ LeastHeight(width float32) float32 }

// leastHeight is the height below which an object would be clipped or too small to tap.
func leastHeight(object fyne.CanvasObject, width float32) float32 {
	if shrinker, ok := object.(Shrinker); ok {
		return shrinker.LeastHeight(width)
	}
	return heightAt(object, width)
}

// Column stands its children below each other, each as wide as the column and
// as high as it needs at that width; growers share the room that is left.
type Column struct {
	drawn
	gap float32
}

// NewColumn makes a column with a gap in the toolkit's units (look.Size gives them).
func NewColumn(gap float32, children ...fyne.CanvasObject) *Column {
	c := &Column{gap: gap}
	c.parts = children
	c.arrange = c.arrangeColumn
	c.measure = c.measureColumn
	c.ExtendBaseWidget(c)
	return c
}

// Set changes the children.
func (c *Column) Set(children ...fyne.CanvasObject) {
	c.parts = children
	c.Refresh()
}

// LeastHeight is the column's height with everything shrunk that can be.
func (c *Column) LeastHeight(width float32) float32 {
	height := c.measureColumn(width).Height
	for _, child := range c.parts {
		if child.Visible() {
			height += leastHeight(child, width) - heightAt(child, width)
		}
	}
	return height
}

// Grows tells whether a child takes the room that is left.
func (c *Column) Grows() bool {
	for _, child := range c.parts {
		if child.Visible() && grows(child) {
			return true
		}
	}
	return false
}

func (c *Column) measureColumn(width float32) fyne.Size {
	var need fyne.Size
	shown := 0
	for _, child := range c.parts {
		if !child.Visible() {
			continue
		}
		shown++
		if width <= 0 {
			need.Width = max(need.Width, naturalWidth(child))
		}
		need.Height += heightAt(child, width)
	}
	if shown > 1 {
		need.Height += c.gap * float32(shown-1)
	}
	return need
}

func (c *Column) arrangeColumn(size fyne.Size) {
	left := size.Height - c.measureColumn(size.Width).Height
	growers := 0
	for _, child := range c.parts {
		if child.Visible() && grows(child) {
			growers++
		}
	}
	var slack float32 // what shrinkers can give up
	if left < 0 {
		for _, child := range c.parts {
			if child.Visible() {
				slack += heightAt(child, size.Width) - leastHeight(child, size.Width)
			}
		}
	}
	var y float32
	for _, child := range c.parts {
		if !child.Visible() {
			continue
		}
		height := heightAt(child, size.Width)
		switch {
		case left < 0 && slack > 0:
			height += max(left, -slack) * (height - leastHeight(child, size.Width)) / slack
		case growers > 0 && grows(child):
			height = max(0, height+left/float32(growers))
		}
		place(child, 0, y, size.Width, height)
		y += height + c.gap
	}
}

// Space is empty room.
type Space struct {
	drawn
	grow bool
}

// NewSpace makes empty room of a fixed size.
func NewSpace(width, height float32) *Space {
	s := &Space{}
	s.measure = func(float32) fyne.Size { return fyne.NewSize(width, height) }
	s.ExtendBaseWidget(s)
	return s
}

// NewSpring makes empty room that takes what is left of a column or row.
func NewSpring() *Space {
	s := NewSpace(0, 0)
	s.grow = true
	return s
}

// Grows tells whether it takes the room that is left.
func (s *Space) Grows() bool { return s.grow }

// Sized gives its child a fixed size.
type Sized struct{ drawn }

// NewSized makes it; a width or height of 0 leaves that to the child.
func NewSized(width, height float32, child fyne.CanvasObject) *Sized {
	s := &Sized{}
	s.parts = []fyne.CanvasObject{child}
	s.arrange = func(size fyne.Size) { place(child, 0, 0, size.Width, size.Height) }
	s.measure = func(wide float32) fyne.Size {
		need := fyne.NewSize(width, height)
		if width == 0 && wide <= 0 {
			need.Width = naturalWidth(child)
		}
		if height == 0 {
			need.Height = heightAt(child, max(wide, width))
		}
		return need
	}
	s.ExtendBaseWidget(s)
	return s
}

// Stack lays its children over each other, all in full size, the last on top.
type Stack struct{ drawn }

// NewStack makes a stack.
func NewStack(children ...fyne.CanvasObject) *Stack {
	s := &Stack{}
	s.parts = children
	s.arrange = func(size fyne.Size) {
		for _, child := range s.parts {
			place(child, 0, 0, size.Width, size.Height)
		}
	}
	s.measure = func(width float32) fyne.Size {
		var need fyne.Size
		for _, child := range s.parts {
			if child.Visible() {
				need.Height = max(need.Height, heightAt(child, width))
				need.Width = max(need.Width, naturalWidth(child))
			}
		}
		if width > 0 {
			need.Width = 0
		}
		return need
	}
	s.ExtendBaseWidget(s)
	return s
}

// Set changes the children.
func (s *Stack) Set(children ...fyne.CanvasObject) {
	s.parts = children
	s.Refresh()
	canvas.Refresh(s)
}

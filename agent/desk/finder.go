package desk

import (
	"image"
	"image/draw"
	"sync"
)

// Finder is what a document camera sees now. It is the one thing in a State that changes after it was published: a picture ten times a
// second would else be a new one each time, and stay in memory. Its methods are safe for any goroutine.
type Finder struct {
	mutex   sync.Mutex
	picture *image.RGBA
	closed  bool
}

// set takes over another picture and tells whether it is still wanted.
func (f *Finder) set(seen image.Image) bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.closed {
		return false
	}
	size := image.Rectangle{Max: seen.Bounds().Size()}
	if f.picture == nil || f.picture.Rect != size {
		f.wipe()
		f.picture = image.NewRGBA(size)
	}
	draw.Draw(f.picture, size, seen, seen.Bounds().Min, draw.Src)
	return true
}

// Copy gives the picture in the one that is handed in where that has its size, nil where there is none.
func (f *Finder) Copy(into *image.RGBA) *image.RGBA {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.picture == nil {
		return nil
	}
	if into == nil || into.Rect != f.picture.Rect {
		into = image.NewRGBA(f.picture.Rect)
	}
	copy(into.Pix, f.picture.Pix)
	return into
}

// blank clears the picture: nothing is seen.
func (f *Finder) blank() {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.wipe()
}

// close clears the picture and takes no other.
func (f *Finder) close() {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.wipe()
	f.closed = true
}

// wipe forgets the picture; the mutex is held.
func (f *Finder) wipe() {
	if f.picture != nil {
		clear(f.picture.Pix)
	}
	f.picture = nil
}

// FinderOf is one that shows a picture and no other: for pictures of the desk's pages.
func FinderOf(seen image.Image) *Finder {
	f := &Finder{}
	f.set(seen)
	return f
}

package desk

import (
	"bytes"
	"image"
	_ "image/png" // thumbnails are PNG
	"reflect"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// Thumb is one scanned page; Problem is what looks wrong with it, in a word or two.
type Thumb struct {
	ID      string
	PNG     []byte
	Problem string
}

// Thumbs is a strip of small pages. It takes the keys as one: Left and Right move, Delete takes a page away.
type Thumbs struct {
	control
	thumbs []Thumb
	pages  []*thumb
	at     int
	remove func(id string)
}

const (
	thumbWide = 80
	thumbHigh = 108
)

// NewThumbs makes an empty strip; remove hears which page is to go, nil keeps them all.
func NewThumbs(k *Kit, name string, remove func(id string)) *Thumbs {
	t := &Thumbs{remove: remove}
	t.kit, t.name, t.self = k, name, t
	t.off, t.Hidden = true, true
	t.keys = func(key fyne.KeyName) bool {
		switch key {
		case fyne.KeyLeft:
			t.at = max(0, t.at-1)
		case fyne.KeyRight:
			t.at = min(len(t.pages)-1, t.at+1)
		case fyne.KeyDelete:
			if t.remove != nil && t.at < len(t.pages) {
				t.remove(t.pages[t.at].thumb.ID)
			}
		case fyne.KeyReturn, fyne.KeyEnter:
			k.Next()
			return true
		default:
			return false
		}
		t.restyle()
		return true
	}
	t.style = func() {
		for i, page := range t.pages {
			page.ring.Hidden = !t.focused || i != t.at
			page.Repaint()
		}
	}
	t.Setup(t, k.Look, func(width float32) fyne.Size {
		if len(t.pages) == 0 {
			return fyne.Size{}
		}
		if width <= 0 {
			return fyne.NewSize(float32(len(t.pages))*(thumbWide+theme.DeskSmallGap), thumbHigh)
		}
		across := max(1, int((width+theme.DeskSmallGap)/(thumbWide+theme.DeskSmallGap)))
		lines := (len(t.pages) + across - 1) / across
		return fyne.NewSize(0, float32(lines)*(thumbHigh+theme.DeskSmallGap)-theme.DeskSmallGap)
	}, func(size fyne.Size) {
		across := max(1, int((size.Width+theme.DeskSmallGap)/(thumbWide+theme.DeskSmallGap)))
		for i, page := range t.pages {
			ui.Place(page, float32(i%across)*(thumbWide+theme.DeskSmallGap), float32(i/across)*(thumbHigh+theme.DeskSmallGap), thumbWide, thumbHigh)
		}
	})
	return t
}

// Set shows pages.
func (t *Thumbs) Set(thumbs []Thumb) {
	if reflect.DeepEqual(thumbs, t.thumbs) {
		return
	}
	t.thumbs, t.pages = thumbs, nil
	var parts []fyne.CanvasObject
	for i, each := range thumbs {
		page := newThumb(t, i, each)
		t.pages = append(t.pages, page)
		parts = append(parts, page)
	}
	t.off = len(thumbs) == 0
	t.Hidden = t.off
	t.at = min(t.at, max(0, len(thumbs)-1))
	t.SetParts(parts...)
	canvas.Refresh(t)
}

type thumb struct {
	clickable
	thumb  Thumb
	ring   *canvas.Rectangle
	ground *canvas.Rectangle
}

func newThumb(t *Thumbs, n int, each Thumb) *thumb {
	p := &thumb{thumb: each, ring: ring(), ground: canvas.NewRectangle(theme.Colour(theme.PictureGround))}
	p.kit, p.name = t.kit, "page:"+each.ID
	p.ground.StrokeColor, p.ground.StrokeWidth, p.ground.CornerRadius = theme.Colour(theme.LineControl), 1.5, 4
	parts := []fyne.CanvasObject{p.ring, p.ground}
	var picture *canvas.Image
	if img, _, err := image.Decode(bytes.NewReader(each.PNG)); err == nil {
		picture = canvas.NewImageFromImage(img)
		picture.FillMode = canvas.ImageFillContain
		parts = append(parts, picture)
	}
	tone, words := ui.Muted, strconv.Itoa(n+1)
	if each.Problem != "" {
		tone, words = ui.Warn, each.Problem
	}
	badge := NewBadge(t.kit, tone, words).Tight()
	parts = append(parts, badge)
	p.tapped = func() {
		t.at = n
		t.take()
		t.restyle()
	}
	p.Setup(p, t.kit.Look, func(float32) fyne.Size { return fyne.NewSize(thumbWide, thumbHigh) }, func(size fyne.Size) {
		ui.Place(p.ring, -3, -3, size.Width+6, size.Height+6)
		ui.Place(p.ground, 0, 0, size.Width, size.Height)
		if picture != nil {
			ui.Place(picture, 2, 2, size.Width-4, size.Height-4)
		}
		ui.Place(badge, 3, size.Height-theme.DeskBadge-3, min(size.Width-6, ui.NaturalWidth(badge)), theme.DeskBadge)
	}, parts...)
	return p
}

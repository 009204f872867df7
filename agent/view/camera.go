package view

import (
	"bytes"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/agent/desk"
	"bianmin/drivers"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// Sizes of the camera's window.
const (
	cameraWide = 1020 // the window
	cameraHigh = 470  // of what is seen: 4:3 beside the column
	cameraSide = 300  // the column
	takeHigh   = 64
)

// finder is the document camera's window: what is seen, large, and beside it what to do and what was taken.
type finder struct {
	kit        *kit
	dialog     *dk.Dialog
	title      *ui.Text
	seen, last *picture
	note, dark *ui.Text // dark stands where nothing is seen yet
	taken      *dk.Badge
	quality    *dk.Notice
	problem    *dk.Notice
	take, done *dk.Button
	drop       *dk.Button
	serial     int
	shown      []byte // the thumbnail in last
}

func newFinder(k *kit) *finder {
	f := &finder{kit: k, seen: newPicture(k), last: newPicture(k)}
	f.title, f.note = k.title(""), k.quiet(k.t("label.camera-how"))
	f.dark = k.text(theme.DeskBodyText, theme.InkQuiet, k.t("label.camera-dark"))
	f.taken = dk.NewBadge(k.Kit, ui.Good, "")
	f.quality = dk.NewNotice(k.Kit, ui.Warn, "", "", nil)
	f.problem = dk.NewNotice(k.Kit, ui.Bad, "", "", nil)
	f.take = dk.NewButton(k.Kit, "camera-take", "", "F9", dk.Filled, k.sends(desk.CameraTake{}))
	f.done = dk.NewButton(k.Kit, "camera-done", "", "Escape", dk.Outlined, k.sends(desk.CameraDone{}))
	f.drop = dk.NewButton(k.Kit, "camera-drop", k.t("button.camera-drop"), "", dk.Outlined, k.sends(desk.CameraDrop{})).Low()
	f.dialog = dk.NewDialog(k.Kit, ui.NewColumn(16, f.title, f.problem, newBench(k, f))).Wide(cameraWide)
	return f
}

// show opens, changes or closes the window.
func (f *finder) show(s desk.State) {
	v := s.Camera
	if v == nil {
		f.seen.clear()
		f.last.clear()
		f.serial, f.shown = 0, nil
		f.dialog.Hidden = true
		return
	}
	k := f.kit
	f.title.SetText(k.t("title.camera"))
	if name := k.local(v.Name); name != "" {
		f.title.SetText(k.with("title.camera-of", args{"material": name}))
	}
	f.problem.Set(ui.Bad, k.message(v.Problem))
	f.look(v)
	f.taken.Set(ui.Good, k.count("label.camera-taken", v.Taken))
	f.taken.Hidden = v.Taken == 0
	f.quality.Set(ui.Warn, "")
	if q := v.Last.Quality; q != "" && q != drivers.QualityGood {
		f.quality.Set(ui.Warn, k.t("label.camera-quality."+string(q)))
	}
	f.last.Hidden = v.Taken == 0
	f.drop.Hidden = !v.CanDrop
	f.drop.SetEnabled(!v.Busy)
	f.thumbnail(v.Last.Thumbnail)
	f.dark.Hidden = v.Serial > 0
	f.take.SetLabel(k.t(takeWords(v)))
	f.take.SetEnabled(ready(v))
	done := "button.camera-done"
	if v.Taken == 0 {
		done = "button.camera-cancel"
	}
	f.done.SetLabel(k.t(done))
	f.done.SetEnabled(!v.Busy)
	f.dialog.Hidden = false
	canvas.Refresh(f.dialog)
}

// ready tells whether the large button does something: there is a picture, or none to be had.
func ready(v *desk.Viewfinder) bool { return v != nil && !v.Busy && (v.Serial > 0 || v.Lost) }

// first takes the keys.
func (f *finder) first() fyne.Focusable {
	if f.take.Disabled() {
		return f.done
	}
	return f.take
}

// takeWords are what the large button says.
func takeWords(v *desk.Viewfinder) string {
	switch {
	case v.Busy:
		return "button.camera-busy"
	case v.Lost:
		return "button.camera-again"
	case v.Taken > 0:
		return "button.camera-next"
	}
	return "button.camera-take"
}

// look shows what the camera sees now, and whatever else there is stays as it is.
func (f *finder) look(v *desk.Viewfinder) {
	if f.serial != v.Serial || v.Serial == 0 {
		f.serial = v.Serial
		f.seen.set(v.Finder.Copy(f.seen.pixels))
	}
}

// thumbnail shows the page that was taken last.
func (f *finder) thumbnail(png []byte) {
	if bytes.Equal(png, f.shown) {
		return
	}
	f.shown = png
	f.last.clear()
	if img, _, err := image.Decode(bytes.NewReader(png)); err == nil {
		pixels := image.NewRGBA(image.Rectangle{Max: img.Bounds().Size()})
		for y := range pixels.Rect.Dy() {
			for x := range pixels.Rect.Dx() {
				pixels.Set(x, y, img.At(img.Bounds().Min.X+x, img.Bounds().Min.Y+y))
			}
		}
		f.last.set(pixels)
	}
}

// newBench stands the large picture beside the column with the buttons at its foot.
func newBench(k *kit, f *finder) fyne.CanvasObject {
	holder := &bench{}
	words := ui.NewColumn(theme.DeskGap, f.note, k.row(f.taken, ui.NewSpring(), f.drop))
	holder.Setup(holder, k.Look, func(float32) fyne.Size { return fyne.NewSize(cameraWide, cameraHigh) }, func(size fyne.Size) {
		wide := size.Width - cameraSide - theme.DeskMargin
		ui.Place(f.seen, 0, 0, wide, size.Height)
		dark := min(ui.NaturalWidth(f.dark), wide)
		ui.Place(f.dark, (wide-dark)/2, size.Height/2-theme.DeskLeading/2, dark, theme.DeskLeading)
		x, top := wide+theme.DeskMargin, ui.HeightAt(words, cameraSide)
		ui.Place(words, x, 0, cameraSide, top)
		foot := size.Height - takeHigh - theme.DeskGap - theme.DeskControl
		low := ui.HeightAt(f.quality, cameraSide)
		ui.Place(f.quality, x, foot-theme.DeskGap-low, cameraSide, low)
		ui.Place(f.last, x, top+theme.DeskGap, cameraSide, max(0, foot-low-top-3*theme.DeskGap))
		ui.Place(f.take, x, foot, cameraSide, takeHigh)
		ui.Place(f.done, x, size.Height-theme.DeskControl, cameraSide, theme.DeskControl)
	}, f.seen, f.dark, words, f.last, f.quality, f.take, f.done)
	return holder
}

type bench struct{ ui.Base }

// picture is pixels of its own in a frame: nobody else holds them, so that they can be cleared.
type picture struct {
	ui.Base
	ground *canvas.Rectangle
	image  *canvas.Image
	pixels *image.RGBA
}

func newPicture(k *kit) *picture {
	p := &picture{ground: canvas.NewRectangle(theme.Colour(theme.PictureGround)), image: canvas.NewImageFromImage(nil)}
	p.ground.CornerRadius = 4
	p.ground.StrokeColor, p.ground.StrokeWidth = theme.Colour(theme.LineControl), 1.5
	p.image.FillMode = canvas.ImageFillContain
	p.image.Hidden = true
	p.Setup(p, k.Look, func(float32) fyne.Size { return fyne.NewSize(0, 0) }, func(size fyne.Size) {
		ui.Place(p.ground, 0, 0, size.Width, size.Height)
		ui.Place(p.image, 2, 2, size.Width-4, size.Height-4)
	}, p.ground, p.image)
	return p
}

// set shows pixels, which are its own from then on; nil shows none.
func (p *picture) set(pixels *image.RGBA) {
	if pixels == nil {
		p.clear()
		return
	}
	p.pixels, p.image.Image, p.image.Hidden = pixels, pixels, false
	p.image.Refresh()
}

// clear shows nothing and forgets it.
func (p *picture) clear() {
	if p.pixels == nil {
		return
	}
	clear(p.pixels.Pix)
	p.image.Refresh() // what the painter holds of it is black
	p.pixels, p.image.Image, p.image.Hidden = nil, nil, true
}

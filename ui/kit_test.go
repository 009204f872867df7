package ui_test

import (
	"image"
	"image/color"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"bianmin/ui"
	"bianmin/ui/theme"
	"bianmin/ui/uitest"
)

// hand shows an object on a canvas and returns a finger for it.
func hand(t *testing.T, object fyne.CanvasObject, width, height float32) *uitest.Finger {
	t.Helper()
	app(t)
	c := software.NewCanvas()
	c.SetPadded(false)
	root := ui.NewRoot(object)
	c.SetContent(root)
	c.Resize(fyne.NewSize(width, height))
	return uitest.New(func() fyne.CanvasObject { return root })
}

func TestButton(t *testing.T) {
	taps := 0
	button := ui.NewBigButton(theme.Look{}, "下一题", ui.Primary, func() { taps++ })
	finger := hand(t, ui.NewColumn(0, button, ui.NewSpring()), 600, 400)
	finger.TapOn(t, "下一题")
	if taps != 1 {
		t.Fatalf("%d taps", taps)
	}
	finger.Move(300, 60)
	finger.Press()
	finger.Move(300, 300) // slides off
	finger.Release()
	if taps != 1 {
		t.Error("a finger that slid off tapped")
	}
	button.SetEnabled(false)
	finger.Tap(300, 60)
	if taps != 1 || button.Enabled() {
		t.Error("a button out of use was tapped")
	}
	button.SetEnabled(true)
	button.SetLabel("签好了，提交")
	finger.TapOn(t, "签好了，提交")
	if taps != 2 {
		t.Error("it cannot be tapped after its words changed")
	}
	other := 0
	button.SetTapped(func() { other++ })
	finger.Tap(300, 60)
	if other != 1 || taps != 2 {
		t.Error("it does the old thing")
	}
}

func TestLongLabelsGrow(t *testing.T) {
	app(t)
	button := ui.NewBigButton(theme.New(1, true), "All papers are complete, go on to the next step please", ui.Primary, nil)
	if high := button.HeightAt(400); high <= 136 {
		t.Errorf("three lines of words in %v px", high)
	}
}

func TestDragScroll(t *testing.T) {
	app(t)
	tapped := ""
	var rows []fyne.CanvasObject
	for _, name := range []string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"} {
		rows = append(rows, ui.NewListRow(theme.Look{}, name, "", func() { tapped += name }))
	}
	scroll := ui.NewDragScroll(theme.Look{}, ui.NewColumn(10, rows...))
	finger := hand(t, scroll, 600, 400)

	finger.Drag(200, 350, 200, 150)
	if got := scroll.Offset(); got != 200 {
		t.Errorf("a drag of 200 moved by %v", got)
	}
	if tapped != "" {
		t.Errorf("the drag tapped %s", tapped)
	}
	finger.Drag(200, 100, 200, 600)
	if scroll.Offset() != 0 {
		t.Errorf("it left its beginning: %v", scroll.Offset())
	}
	finger.Drag(200, 50, 206, 60) // slides a little, as fingers do
	if tapped != "一" {
		t.Errorf("a small slide tapped %q", tapped)
	}
	if scroll.Offset() != 0 {
		t.Error("a small slide scrolled")
	}
	finger.TapOn(t, "page-down")
	first := scroll.Offset()
	finger.TapOn(t, "page-down")
	finger.TapOn(t, "page-down")
	end := scroll.Offset()
	if first < 200 || first > 400 || end <= first {
		t.Errorf("pages end at %v and %v", first, end)
	}
	for _, thing := range ui.Look(scroll).Things {
		if thing.Name == "page-down" && thing.Enabled {
			t.Error("it goes on behind the end")
		}
		if thing.Name == "十" && thing.Seen.Height < 90 {
			t.Error("the last row is not in sight at the end")
		}
	}
	tapped = ""
	finger.TapOn(t, "十")
	if tapped != "十" {
		t.Errorf("tapped %q", tapped)
	}
	scroll.ToTop()
	if scroll.Offset() != 0 {
		t.Error("not at the top")
	}
	scroll.ToEnd()
	if scroll.Offset() != end {
		t.Error("not at the end")
	}
	scroll.SetContent(ui.NewBody(theme.Look{}, "短"))
	for _, thing := range ui.Look(scroll).Things {
		t.Errorf("%s is drawn beside what fits", thing.Name)
	}
}

func TestOverlayAndGuard(t *testing.T) {
	app(t)
	below, above := 0, 0
	var run func()
	guard := ui.NewTapGuard(func(d time.Duration, f func()) {
		if d != 300*time.Millisecond {
			t.Errorf("guards for %v", d)
		}
		run = f
	})
	overlay := ui.NewOverlay(theme.Look{}, ui.NewColumn(20, ui.NewTitle(theme.Look{}, "要离开吗？"), ui.NewButton(theme.Look{}, "留下", ui.Secondary, func() { above++ })))
	page := ui.NewColumn(0, ui.NewBigButton(theme.Look{}, "下一题", ui.Primary, func() { below++ }), ui.NewSpring())
	finger := hand(t, ui.NewStack(page, overlay, guard), 1080, 1920)

	guard.Page(1)
	if guard.Guarding() {
		t.Error("the first page is guarded")
	}
	finger.TapOn(t, "下一题")
	overlay.Show()
	finger.Tap(500, 60)
	if below != 1 {
		t.Error("a tap went through the overlay")
	}
	if view := ui.Look(overlay); len(view.Things) != 1 {
		t.Errorf("the overlay shows %+v", view.Things)
	}
	finger.TapOn(t, "留下")
	overlay.Hide()
	guard.Page(2)
	finger.Tap(500, 60)
	if below != 1 || !guard.Guarding() {
		t.Error("the second tap of a double tap went through")
	}
	old := run
	guard.Page(3)
	old()
	if !guard.Guarding() {
		t.Error("the timer of an older page ended the guard")
	}
	run()
	guard.Page(3)
	finger.Tap(500, 60)
	if below != 2 || above != 1 {
		t.Errorf("afterwards: %d taps below, %d above", below, above)
	}
}

func TestOverlayHidesWhatLiesBelow(t *testing.T) {
	app(t)
	overlay := ui.NewOverlay(theme.Look{}, ui.NewButton(theme.Look{}, "留下", ui.Secondary, nil))
	stack := ui.NewStack(ui.NewBigButton(theme.Look{}, "下一题", ui.Primary, nil), overlay)
	hand(t, stack, 1080, 1920)
	overlay.SetLowReach(true)
	overlay.Show()
	view := ui.Look(stack)
	if len(view.Things) != 1 || view.Things[0].Name != "留下" || view.Things[0].Seen.Y < 960 {
		t.Errorf("seen: %+v", view.Things)
	}
}

func TestLowReachComesAndGoes(t *testing.T) {
	look := theme.Look{}
	frame := formScreen(look).(*ui.Frame)
	hand(t, frame, 1080, 1920)
	before := ui.Look(frame)
	frame.SetLowReach(true)
	low := ui.Look(frame)
	frame.SetLowReach(false)
	after := ui.Look(frame)
	if len(before.Things) != len(after.Things) || len(low.Things) != len(before.Things) {
		t.Fatalf("%d things, then %d, then %d", len(before.Things), len(low.Things), len(after.Things))
	}
	for i := range before.Things {
		if before.Things[i] != after.Things[i] {
			t.Errorf("%+v came back as %+v", before.Things[i], after.Things[i])
		}
	}
}

func TestSignaturePad(t *testing.T) {
	app(t)
	var got []ui.Stroke
	calls := 0
	pad := ui.NewSignaturePad(theme.Look{}, "签名", "重写", func(strokes []ui.Stroke) { got, calls = strokes, calls+1 })
	finger := hand(t, ui.NewColumn(0, pad, ui.NewSpring()), 968, 900)
	finger.Drag(100, 100, 300, 120)
	finger.Drag(200, 50, 200, 300)
	finger.Tap(400, 200) // a dot
	if calls != 3 || len(got) != 3 {
		t.Fatalf("%d strokes in %d calls", len(got), calls)
	}
	if first := got[0]; first[0] != (ui.Point{X: 100, Y: 100}) || first[len(first)-1] != (ui.Point{X: 300, Y: 120}) || len(first) < 5 {
		t.Errorf("the first stroke is %v", first)
	}
	if len(got[2]) != 1 {
		t.Errorf("the dot is %v", got[2])
	}
	finger.Drag(500, 100, 2000, 100)
	if last := got[3][len(got[3])-1]; last.X > 968 {
		t.Errorf("the stroke left the pad: %v", last)
	}
	img := pad.Image(1)
	if img.Bounds().Dx() != 968 || img.Bounds().Dy() != 418 {
		t.Errorf("the picture is %v", img.Bounds())
	}
	if dark(img, 200, 200) != true || dark(img, 50, 400) != false {
		t.Error("the picture does not show the strokes")
	}
	got[0][0].X = -1
	if pad.Strokes()[0][0].X == -1 {
		t.Error("the pad shares its strokes")
	}
	finger.TapOn(t, "重写")
	if len(got) != 0 || len(pad.Strokes()) != 0 {
		t.Errorf("after the wipe: %v", got)
	}
	pad.SetStrokes([]ui.Stroke{{{X: 1, Y: 1}}})
	if calls != 5 || len(pad.Strokes()) != 1 {
		t.Errorf("setting strokes reported them: %d calls", calls)
	}
	pad.SetEnabled(false)
	finger.Drag(100, 100, 300, 120)
	if len(pad.Strokes()) != 1 {
		t.Error("it writes while out of use")
	}
}

func dark(img image.Image, x, y int) bool {
	return color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 128
}

// TestSignatureInScroll signs inside of a scroll: the stroke must not scroll.
func TestSignatureInScroll(t *testing.T) {
	app(t)
	pad := ui.NewSignaturePad(theme.Look{}, "签名", "重写", nil)
	scroll := ui.NewDragScroll(theme.Look{}, ui.NewColumn(0, pad, ui.NewSpace(0, 2000)))
	finger := hand(t, scroll, 968, 900)
	finger.Drag(200, 300, 200, 100)
	if scroll.Offset() != 0 || len(pad.Strokes()) != 1 {
		t.Errorf("scrolled by %v, %d strokes", scroll.Offset(), len(pad.Strokes()))
	}
}

func TestCornerButton(t *testing.T) {
	app(t)
	now := time.Unix(0, 0)
	opened := 0
	corner := ui.NewCornerButton(120, 5, 3*time.Second, func() time.Time { return now }, func() { opened++ })
	finger := hand(t, corner, 120, 120)
	for range 20 { // too slow
		finger.Tap(10, 10)
		now = now.Add(time.Second)
	}
	if opened != 0 {
		t.Errorf("slow taps opened it %d times", opened)
	}
	now = now.Add(time.Minute)
	for range 5 {
		finger.Tap(10, 10)
		now = now.Add(100 * time.Millisecond)
	}
	if opened != 1 {
		t.Errorf("quick taps opened it %d times", opened)
	}
}

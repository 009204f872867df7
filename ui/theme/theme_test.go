package theme_test

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"

	"bianmin/assets"
	"bianmin/ui/theme"
	"bianmin/ui/uitest"
)

func TestContrast(t *testing.T) {
	if got := uitest.Contrast(color.NRGBA{A: 255}, color.NRGBA{R: 255, G: 255, B: 255, A: 255}); math.Abs(got-21) > 0.01 {
		t.Fatalf("black on white is %v, so the test is wrong", got)
	}
	for _, pair := range []struct {
		name         string
		text, ground theme.Role
	}{
		{"ink on ground", theme.Ink, theme.Ground},
		{"ink on surface", theme.Ink, theme.Surface},
		{"ink on tint", theme.Ink, theme.Tint},
		{"lesser ink on ground", theme.InkSecondary, theme.Ground},
		{"lesser ink on surface", theme.InkQuiet, theme.Surface},
		{"action on ground", theme.Action, theme.Ground},
		{"action on surface", theme.Action, theme.Surface},
		{"action on tint", theme.Action, theme.Tint},
		{"words on action", theme.OnAction, theme.Action},
		{"words on action under a finger", theme.OnAction, theme.ActionPressed},
		{"words on tint", theme.ActionPressed, theme.Tint},
		{"words out of use", theme.DisabledText, theme.DisabledGround},
		{"good", theme.GoodText, theme.GoodGround},
		{"good icon", theme.OnAction, theme.GoodSolid},
		{"warn", theme.WarnText, theme.WarnGround},
		{"warn icon", theme.OnAction, theme.WarnText},
		{"bad", theme.BadText, theme.BadGround},
		{"bad on surface", theme.BadText, theme.Surface},
		{"sidebar", theme.SidebarText, theme.Sidebar},
	} {
		if got := uitest.Contrast(theme.Colour(pair.text), theme.Colour(pair.ground)); got < 7 {
			t.Errorf("%s: contrast %.2f, want at least 7", pair.name, got)
		}
	}
	for role := theme.Ground; role <= theme.PictureGround; role++ {
		if theme.Colour(role).A == 0 {
			t.Errorf("role %d has no colour", role)
		}
	}
}

func TestLook(t *testing.T) {
	normal, large := theme.New(1, false), theme.New(1, true)
	for kind := theme.TitleText; kind <= theme.NumberText; kind++ {
		if normal.Text(kind) < 28 {
			t.Errorf("text %d is %v px: nothing may be under 28", kind, normal.Text(kind))
		}
		if got := large.Text(kind) / normal.Text(kind); math.Abs(float64(got)-1.3) > 0.001 {
			t.Errorf("text %d grows by %v in large mode", kind, got)
		}
		if normal.Leading(kind) < normal.Text(kind)*1.2 {
			t.Errorf("text %d: lines of %v for letters of %v", kind, normal.Leading(kind), normal.Text(kind))
		}
	}
	if normal.Text(theme.BodyText) < 34 || normal.Text(theme.TitleText) < 56 {
		t.Error("body or title too small")
	}
	for _, length := range []theme.Length{theme.Touch, theme.ButtonHeight, theme.ButtonLow, theme.PillHeight, theme.KeyHeight, theme.LetterHeight, theme.RowHeight} {
		if normal.Size(length) < 88 {
			t.Errorf("length %d is %v: too small for a finger", length, normal.Size(length))
		}
	}
	if normal.Size(theme.Margin) != large.Size(theme.Margin) || large.GrownSize(theme.RowHeight) <= normal.GrownSize(theme.RowHeight) {
		t.Error("margins grow or rows do not")
	}
	var zero theme.Look
	if zero.Px(10) != 10 || zero.WithLarge(true).Grow(10) != 13 || !zero.WithLarge(true).Large() {
		t.Error("the zero look is not the design's panel")
	}
	for _, c := range []struct{ width, height, scale float32 }{
		{1080, 1920, 1}, {1920, 1080, 1}, {768, 1366, 768.0 / 1080}, {2160, 3840, 2}, {0, 0, 1},
	} {
		if got := theme.For(fyne.NewSize(c.width, c.height), false).Scale(); got != c.scale {
			t.Errorf("%vx%v: scale %v, want %v", c.width, c.height, got, c.scale)
		}
	}
}

func TestToolkit(t *testing.T) {
	test.NewTempApp(t) // the toolkit asks the app for its own colours
	toolkit := theme.Toolkit(theme.New(0.5, false))
	if toolkit.Color(fynetheme.ColorNameBackground, fynetheme.VariantDark) != theme.Colour(theme.Ground) {
		t.Error("the dark variant shows")
	}
	if toolkit.Color(fynetheme.ColorNameHeaderBackground, fynetheme.VariantLight) == nil {
		t.Error("a colour of the toolkit's own is missing")
	}
	regular, bold := toolkit.Font(fyne.TextStyle{}).Content(), toolkit.Font(fyne.TextStyle{Bold: true}).Content()
	if &regular[0] != &assets.FontRegular()[0] || &bold[0] != &assets.FontBold()[0] {
		t.Error("other fonts than the embedded ones")
	}
	if got := toolkit.Font(fyne.TextStyle{Monospace: true, Italic: true}).Name(); got != toolkit.Font(fyne.TextStyle{}).Name() {
		t.Errorf("a third face %s costs memory", got)
	}
	if got := toolkit.Size(fynetheme.SizeNameText); got != 17 {
		t.Errorf("text size %v", got)
	}
	if toolkit.Icon(fynetheme.IconNameCancel) == nil || toolkit.Size(fynetheme.SizeNameScrollBar) <= 0 || toolkit.Size(fynetheme.SizeNamePadding) != 6 {
		t.Error("the toolkit's own sizes or icons are missing")
	}
}

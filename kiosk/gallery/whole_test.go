package main

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"bianmin/kiosk/journey"
	"bianmin/ui"
)

// TestShortScreensDoNotScroll: what the pension item ends with is seen whole, in
// normal letters: the pad to sign on, the five faces.
func TestShortScreensDoNotScroll(t *testing.T) {
	words := setUp(t)
	for _, name := range []string{"review", "review-pension", "review-signed", "done-offline", "done-sending", "done-delivered", "done-rated"} {
		for _, thing := range ui.Look(variants[0].draw(words, state(t, name)).Root()).Things {
			if strings.HasPrefix(thing.Name, "page-") && !thing.Seen.Empty() {
				t.Errorf("%s scrolls", name)
			}
			if thing.Name == "signature" && (thing.Seen != thing.Whole || thing.Whole.Height < 260) {
				t.Errorf("%s: the pad is %+v, seen %+v", name, thing.Whole, thing.Seen)
			}
		}
	}
}

// TestFacesKeepTheirWordsWhole: the longest word breaks where one breaks it in speaking.
func TestFacesKeepTheirWordsWhole(t *testing.T) {
	words := setUp(t)
	root := variants[0].draw(words, state(t, "done-sending")).Root()
	if !slices.ContainsFunc(ui.Look(root).Things, func(thing ui.Thing) bool { return thing.Name == "非常不满意" }) {
		t.Error("no face is called 非常不满意")
	}
	if markup := drawn(root); !strings.Contains(markup, ">不满意<") || strings.Contains(markup, "非常不满意") {
		t.Error("非常不满意 is not broken into 非常 and 不满意")
	}
}

// TestDoneSaysOneThing: what comes next agrees with the line below the title.
func TestDoneSaysOneThing(t *testing.T) {
	words := setUp(t)
	for name, want := range map[string]string{"done-offline": "来网后送到", "done-sending": "正在送到", "done-delivered": "已送到县"} {
		markup := drawn(variants[0].draw(words, state(t, name)).Root())
		if strings.Count(markup, want) != 1 {
			t.Errorf("%s does not say %s", name, want)
		}
	}
}

// drawn is all that is painted, as markup.
func drawn(root fyne.CanvasObject) string {
	canvas := software.NewCanvas()
	canvas.SetPadded(false)
	canvas.SetContent(root)
	canvas.Resize(upright)
	return test.RenderToMarkup(canvas)
}

// TestLetterIsSaid: nobody copies the last I of a case number as a 1.
func TestLetterIsSaid(t *testing.T) {
	words := setUp(t)
	unknown, detail := state(t, "print-unknown"), state(t, "case-queued")
	number := state(t, "done-sending").Done.Number
	unknown.PrintUnknown = &journey.PrintUnknownView{Number: number}
	view := *detail.CaseDetail
	view.Case.Number = number
	detail.CaseDetail = &view
	for name, s := range map[string]journey.State{"done": state(t, "done-sending"), "print-unknown": unknown, "case": detail} {
		if markup := drawn(variants[0].draw(words, s).Root()); !strings.Contains(markup, "最后一位是字母 I") {
			t.Errorf("%s does not say that %s ends with a letter", name, number)
		}
	}
	if strings.Contains(drawn(variants[0].draw(words, state(t, "done-offline")).Root()), "最后一位是字母") {
		t.Error("a number that ends with an X needs no words about it")
	}
}

// TestDatesOfferPossibleYears: the date picker shows no year the form refuses.
func TestDatesOfferPossibleYears(t *testing.T) {
	words := setUp(t)
	s := state(t, "question-date-empty")
	view := *s.Question
	view.Min, view.Max = "2019-05-01", "2023-04-30"
	s.Question = &view
	var years []string
	for _, thing := range ui.Look(variants[0].draw(words, s).Root()).Things {
		if strings.HasPrefix(thing.Name, "20") {
			years = append(years, thing.Name)
		}
	}
	if want := []string{"2010—2019 年", "2020—2029 年"}; !slices.Equal(years, want) {
		t.Errorf("offers %q, want %q", years, want)
	}
}

// TestNewCardIsExplained: who finds no cases hears that a new card opens none of the old one's, and whom to call.
func TestNewCardIsExplained(t *testing.T) {
	words := setUp(t)
	markup := drawn(variants[0].draw(words, state(t, "cases-none")).Root())
	for _, part := range []string{"换过新身份证吗", "0531-5550 1234"} {
		if !strings.Contains(markup, part) {
			t.Errorf("%s is not said", part)
		}
	}
}

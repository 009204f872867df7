package selftest_test

import (
	"context"
	"image"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/selftest"
)

// under is a scanner that shows what lies before it, as a document camera does.
type under struct{ drivers.Scanner }

func (under) View(context.Context, func(image.Image)) error { return nil }

// TestUnderACamera: at a document camera the person is told to lay the page with its writing up, in either language.
func TestUnderACamera(t *testing.T) {
	b := newBench(t)
	b.do("glass lay 2")
	told := make(chan selftest.Prompt, 1)
	person := &person{hand: func(p selftest.Prompt) { told <- p }, answer: selftest.Yes}
	r, err := selftest.Run(t.Context(), drivers.RoleScanner, selftest.Interactive, selftest.Options{
		Devices: selftest.Devices{Scanner: under{b.point.Scanner()}, Statuses: b.point.Statuses}, Person: person, Now: time.Now,
		Limits: selftest.Limits{Person: time.Second, Scan: 20 * time.Second},
	})
	person.wait()
	if err != nil || ended(r) != "passed" || <-told != selftest.LayUnder {
		t.Errorf("%q, %v", ended(r), err)
	}
	words, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range []text.Lang{text.Chinese, text.English} {
		if !words.Has(language, "selftest.prompt."+string(selftest.LayUnder)) {
			t.Errorf("no words in %s", language)
		}
	}
}

package main

import (
	"strings"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/kiosk/gallery/states"
	"bianmin/kiosk/journey"
	"bianmin/ui/uitest"
)

// TestLayoutOfTheDemoRegion checks the guide and every question of every item
// of the real catalogue: long names, long hints, many options.
func TestLayoutOfTheDemoRegion(t *testing.T) {
	words := setUp(t)
	set, err := catalogue.Load(assets.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Items) < 12 {
		t.Fatalf("only %d items", len(set.Items))
	}
	fonts := uitest.LoadFonts(t)
	look := func(v variant, named states.Named) {
		w := v.draw(words, named.State)
		newCheck(t, v, named.Name, fonts).all(w)
	}
	questions := 0
	for _, v := range []variant{variants[0], variants[3], variants[4]} {
		look(v, homeOf(t, set))
		for _, item := range set.Items {
			s := state(t, "guide")
			s.Guide = &journey.GuideView{Item: item, CanPrint: true, Published: set.Published}
			look(v, states.Named{Name: item.Code, State: s})
			for _, page := range item.Form.Pages {
				for _, field := range page.Fields {
					look(v, asked(t, item, field))
					questions++
					for _, column := range field.Columns {
						look(v, asked(t, item, column))
					}
				}
			}
		}
	}
	if questions < 60 {
		t.Errorf("only %d questions", questions)
	}
	if missing := words.Missing(); len(missing) > 0 {
		t.Errorf("no words for %v", missing)
	}
}

func homeOf(t *testing.T, set *catalogue.Catalogue) states.Named {
	t.Helper()
	s := state(t, "home")
	s.Home = &journey.HomeView{Categories: set.Categories, Total: len(set.Items), Version: set.Version, Published: set.Published}
	return states.Named{Name: "home", State: s}
}

func asked(t *testing.T, item *catalogue.Item, field form.Field) states.Named {
	t.Helper()
	s := state(t, "question-choice")
	problem := journey.Message{Key: "form.problem." + form.ProblemRequired}
	s.Question = &journey.QuestionView{
		ItemName: item.Name, Index: 3, Total: 12, Field: field, Problem: problem,
		Today: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
	}
	s.Next = &journey.Next{Label: journey.Message{Key: "next.question"}, Why: problem}
	return states.Named{Name: item.Code + "/" + field.Name, State: s}
}

// TestGuideSaysEachThingOnce: no sentence stands twice beside one material of the real catalogue.
func TestGuideSaysEachThingOnce(t *testing.T) {
	words := setUp(t)
	set, err := catalogue.Load(assets.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	const held = "省平台已有，有网时自动核对"
	seen := 0
	for _, item := range set.Items {
		s := state(t, "guide")
		s.Guide = &journey.GuideView{Item: item, CanPrint: true, Published: set.Published}
		want := 0
		for _, m := range item.Materials {
			if m.Source == catalogue.SourcePlatform {
				want++
			}
		}
		if got := strings.Count(drawn(variants[0].draw(words, s).Root()), held); got > want {
			t.Errorf("%s says %d times that the platform holds something, of %d materials", item.Code, got, want)
		}
		seen += want
	}
	if seen == 0 {
		t.Error("no item has a material the platform holds")
	}
}

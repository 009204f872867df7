// Package states is every state of every kiosk screen with canned data:
// invented people, numbers with valid check digits. It feeds the gallery and
// the goldens. It must not draw, and no shipped program may link it.
package states

import (
	"time"

	"bianmin/core/text"
	"bianmin/kiosk/journey"
)

// Named is one state with the name its picture and golden carry.
type Named struct {
	Name  string
	State journey.State
}

// now is the moment in all pictures.
var now = time.Date(2026, 11, 21, 9, 42, 0, 0, time.FixedZone("CST", 8*3600))

const (
	point = "柳树沟村便民服务点"
	phone = "0531-5550 1234"
)

// All returns every state, in the order a person meets them.
func All() []Named {
	var all []Named
	for _, group := range [][]Named{
		choosing(), guides(), cards(), typed(), chosen(), places(), tables(),
		papers(), reviews(), ends(), cases(), troubles(), staff(), overlays(),
	} {
		all = append(all, group...)
	}
	for i := range all {
		all[i].State.Serial = i + 1
	}
	return all
}

// Find returns the state of a name; ok is false when there is none.
func Find(name string) (s journey.State, ok bool) {
	for _, named := range All() {
		if named.Name == name {
			return named.State, true
		}
	}
	return journey.State{}, false
}

// base is what all states share.
func base(screen journey.Screen, step int) journey.State {
	return journey.State{
		Screen: screen, Lang: text.Chinese, Point: point, Now: now,
		Network: journey.Network{Online: true}, Step: step, Back: true,
	}
}

func next(key string) *journey.Next {
	return &journey.Next{Label: journey.Message{Key: key}, Enabled: true}
}

func blocked(key, why string, args map[string]any) *journey.Next {
	return &journey.Next{Label: journey.Message{Key: key}, Why: journey.Message{Key: why, Args: args}}
}

// both is a text in both languages.
func both(zh, en string) text.Local { return text.Local{text.Chinese: zh, text.English: en} }

func choosing() []Named {
	attract := base(journey.Attract, journey.StepNone)
	attract.Back = false
	attract.Attract = &journey.AttractView{CatalogueDate: "2026-11-15"}
	practice := attract
	practice.Practice = true

	home := base(journey.Home, journey.StepNone)
	home.Back = false
	home.Home = &journey.HomeView{Categories: categories(), Total: 312, Version: "2026.11.3", Published: "2026-11-15"}
	coded, view := home, *home.Home
	view.Code = journey.Message{Key: "home.code-elsewhere"}
	coded.Home = &view
	offline, waiting, sending := home, home, home
	offline.Network = journey.Network{}
	waiting.Network = journey.Network{Waiting: 3}
	sending.Network = journey.Network{Online: true, Waiting: 1}

	category := base(journey.Category, journey.StepNone)
	category.Category = &journey.CategoryView{Title: both("养老退休", "Pension and old age"), Items: items()[:3]}
	everything := base(journey.Category, journey.StepNone)
	everything.Category = &journey.CategoryView{Title: both("全部事项", "All services"), Items: items()}
	empty := base(journey.Category, journey.StepNone)
	empty.Category = &journey.CategoryView{Title: both("就业创业", "Work and business")}

	search := base(journey.Search, journey.StepNone)
	search.Search = &journey.SearchView{}
	found := base(journey.Search, journey.StepNone)
	found.Search = &journey.SearchView{Query: "ylj", Items: items()[:3]}
	none := base(journey.Search, journey.StepNone)
	none.Search = &journey.SearchView{Query: "护照"}
	return []Named{
		{"attract", attract},
		{"attract-practice", practice},
		{"home", home},
		{"home-offline", offline},
		{"home-code", coded},
		{"home-waiting", waiting},
		{"home-sending", sending},
		{"category", category},
		{"category-all", everything},
		{"category-empty", empty},
		{"search", search},
		{"search-found", found},
		{"search-none", none},
	}
}

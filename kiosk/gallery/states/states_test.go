package states

import (
	"reflect"
	"testing"

	"bianmin/core/casefile"
	"bianmin/core/form"
	"bianmin/core/identity"
	"bianmin/kiosk/journey"
)

// TestStatesAreWhole checks what the contract says of a state: exactly the
// view of its screen is set; names are unique, and no screen, field kind,
// overlay or step is missing.
func TestStatesAreWhole(t *testing.T) {
	names := map[string]bool{}
	screens := map[journey.Screen]bool{}
	kinds := map[form.Kind]bool{}
	overlays := map[string]bool{}
	for _, named := range All() {
		s := named.State
		if names[named.Name] {
			t.Errorf("two states are called %s", named.Name)
		}
		names[named.Name] = true
		screens[s.Screen] = true
		if s.Question != nil {
			kinds[s.Question.Field.Kind] = true
		}
		if s.Overlay != nil {
			overlays[s.Overlay.Kind] = true
		}
		if views := views(s); len(views) != 1 {
			t.Errorf("%s has the views %v, want the one of %s", named.Name, views, s.Screen)
		}
		if s.Serial == 0 || s.Lang == "" || s.Now.IsZero() {
			t.Errorf("%s lacks serial, language or time", named.Name)
		}
	}
	for _, screen := range []journey.Screen{
		journey.Attract, journey.Home, journey.Category, journey.Search, journey.Guide, journey.PlaceCard, journey.Confirm,
		journey.Question, journey.Promise, journey.Materials, journey.Review, journey.Submitting, journey.Done, journey.PrintUnknown,
		journey.EvaluateMore, journey.MyCases, journey.CaseDetail, journey.Goodbye, journey.DeviceFault, journey.OutOfService,
		journey.StaffSignIn, journey.Staff, journey.StaffTests, journey.StaffQueue,
	} {
		if !screens[screen] {
			t.Errorf("no state of %s", screen)
		}
	}
	for _, kind := range []form.Kind{
		form.KindText, form.KindNumber, form.KindDate, form.KindChoice, form.KindManyChoice, form.KindYesNo, form.KindPhone,
		form.KindIDNumber, form.KindCreditCode, form.KindRegion, form.KindAddress, form.KindTable,
	} {
		if !kinds[kind] {
			t.Errorf("no question of kind %s", kind)
		}
	}
	if len(overlays) != 3 {
		t.Errorf("overlays %v, want help, leave and idle", overlays)
	}
}

// views lists the view pointers that are set.
func views(s journey.State) []string {
	var set []string
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Type.Kind() == reflect.Pointer && field.Name != "Overlay" && field.Name != "Next" && !v.Field(i).IsNil() {
			set = append(set, field.Name)
		}
	}
	return set
}

// TestNumbersHold checks the check characters of invented numbers that are shown as right ones.
func TestNumbersHold(t *testing.T) {
	checked := 0
	for _, named := range All() {
		s := named.State
		if s.Confirm != nil {
			checked++
			if err := identity.CheckNumber(s.Confirm.Number); err != nil {
				t.Errorf("%s: %v", named.Name, err)
			}
		}
		if q := s.Question; q != nil && q.Field.Kind == form.KindIDNumber && q.Problem.Key == "" {
			checked++
			if err := identity.CheckNumber(q.Value.(string)); err != nil {
				t.Errorf("%s: %v", named.Name, err)
			}
		}
		for _, number := range numbers(s) {
			checked++
			if _, err := casefile.ParseNumber(string(number)); err != nil {
				t.Errorf("%s: %v", named.Name, err)
			}
		}
	}
	if checked < 10 {
		t.Errorf("only %d numbers checked", checked)
	}
}

func numbers(s journey.State) []casefile.Number {
	var all []casefile.Number
	if s.Done != nil {
		all = append(all, s.Done.Number)
	}
	if s.MyCases != nil {
		for _, line := range s.MyCases.Cases {
			all = append(all, line.Number)
		}
	}
	if s.CaseDetail != nil {
		all = append(all, s.CaseDetail.Case.Number)
	}
	return all
}

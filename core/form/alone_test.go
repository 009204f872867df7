package form

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAlone: an option that goes with no other is neither chosen nor filed with one.
func TestAlone(t *testing.T) {
	f := full()
	at := slices.IndexFunc(f.Pages[0].Fields, func(field Field) bool { return field.Name == "wants" })
	wants := &f.Pages[0].Fields[at]
	wants.Options[2].Alone = true
	list := func(codes ...any) any { return codes }
	for _, c := range []struct{ before, after, want any }{
		{nil, list("x"), list("x")},
		{list("x"), list("x", "y"), list("x", "y")},
		{list("x", "y"), list("x", "y", "z"), list("z")},
		{list("z"), list("x", "z"), list("x")},
		{list("x", "y"), list("x"), list("x")},
		{list("x"), nil, nil},
		{nil, list(3.0), list(3.0)}, // not for it to tell
	} {
		if diff := cmp.Diff(c.want, wants.Settled(c.before, c.after)); diff != "" {
			t.Errorf("%v to %v: %s", c.before, c.after, diff)
		}
	}
	checked, err := Compile(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		value any
		fine  bool
	}{{list("z"), true}, {list("x", "y"), true}, {list("x", "z"), false}} {
		problems := checked.ProblemsOf("wants", Values{"wants": c.value}, Env{Today: today, Regions: region})
		if fine := len(problems) == 0; fine != c.fine {
			t.Errorf("%v: %v", c.value, problems)
		}
	}
}

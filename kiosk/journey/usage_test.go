package journey

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"bianmin/core/usage"
)

// fakeUsage keeps what was counted.
type fakeUsage struct {
	mu   sync.Mutex
	all  []string
	fail error
}

func (u *fakeUsage) CountUse(_ context.Context, kind usage.Kind, item string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.all = append(u.all, string(kind)+" "+item)
	return u.fail
}

func (u *fakeUsage) is(t *testing.T, what string, want ...string) {
	t.Helper()
	u.mu.Lock()
	defer u.mu.Unlock()
	slices.Sort(u.all) // they are counted side by side
	slices.Sort(want)
	if !slices.Equal(u.all, want) {
		t.Errorf("%s: counted %q, want %q", what, u.all, want)
	}
	u.all = nil
}

// TestUsage: each step of a visit is counted once, with the item and nothing else; a count that fails disturbs nobody.
func TestUsage(t *testing.T) {
	set := loadCatalogue(t)
	const item = "pension-check"
	for name, fail := range map[string]error{"counted": nil, "fails": errors.New("disk full")} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				counted := &fakeUsage{fail: fail}
				s := newStage(t, set, func(o *Options) { o.Usage = counted })
				s.tap(StepAside{}) // nobody
				s.toDone()
				counted.is(t, "a case", "visit ", "guide "+item, "begun "+item, "filed "+item)
				s.tap(GoHome{}, OpenCategory{Code: "pension"}, OpenItem{Code: item}, PrintGuide{})
				s.wait(10 * time.Second)
				counted.is(t, "a guide", "guide "+item, "printed "+item)
				s.tap(StartItem{})
				s.wait(5 * time.Minute) // the person has gone
				if s.over(); !t.Failed() {
					counted.is(t, "left", "begun "+item, "left "+item)
				}
			})
		})
	}
}

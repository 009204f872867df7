package journey

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"bianmin/drivers"
)

type news struct{ n int }

func (news) event() {}

func TestCancelledEffectsAreNotHeard(t *testing.T) {
	bubble(t, func(t *testing.T) {
		fx := newEffects(t.Context())
		release := make(chan struct{})
		late := func(n int) work {
			return func(context.Context, emit) Event {
				<-release // it does not even look at its context
				return news{n}
			}
		}
		fx.launch(slotCard, late(1))
		fx.launch(slotCard, late(2)) // takes the place of the first
		fx.launch(slotScan, late(3))
		fx.cancel(slotScan)
		fx.keep(slotPrint, late(4))
		fx.stop()
		close(release)
		var heard []int
		for fx.alive > 0 {
			if r := <-fx.results; fx.take(r) {
				heard = append(heard, r.event.(news).n)
			}
		}
		if !slices.Equal(heard, []int{4}) {
			t.Errorf("heard %v: only what is kept is heard after the end", heard)
		}
	})
}

// TestEffectsInAnyOrder: whatever the order of starts, cancels and ends, the
// newest effect of a slot is the one that is heard, once.
func TestEffectsInAnyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.IntRange(0, 5), 1, 30).Draw(rt, "steps")
		ends := rapid.Permutation(indexes(len(steps))).Draw(rt, "ends")
		wrong := ""
		synctest.Test(t, func(t *testing.T) {
			fx := newEffects(t.Context())
			gates := map[int]chan struct{}{}
			newest := map[slot]int{}
			for i, step := range steps {
				s := slot(step % 3)
				if step > 3 {
					fx.cancel(s)
					delete(newest, s)
					continue
				}
				gate := make(chan struct{})
				gates[i], newest[s] = gate, i
				fx.launch(s, func(context.Context, emit) Event { <-gate; return news{i} })
			}
			heard := map[int]int{}
			for _, i := range ends {
				if gate := gates[i]; gate != nil {
					close(gate)
					if r := <-fx.results; fx.take(r) {
						heard[r.event.(news).n]++
					}
				}
			}
			for _, i := range newest {
				if heard[i] != 1 {
					wrong = fmt.Sprintf("effect %d was heard %d times", i, heard[i])
				}
			}
			if len(heard) != len(newest) || fx.alive != 0 || len(fx.running) != 0 {
				wrong = fmt.Sprintf("heard %v, newest %v, %d alive", heard, newest, fx.alive)
			}
		})
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func TestOneOwnerPerDevice(t *testing.T) {
	bubble(t, func(t *testing.T) {
		fx := newEffects(t.Context())
		release, err := fx.lease(t.Context(), drivers.RoleReader)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := fx.lease(ctx, drivers.RoleReader); err == nil {
			t.Fatal("two owners")
		}
		release()
		release, err = fx.lease(t.Context(), drivers.RoleReader)
		if err != nil {
			t.Fatal(err)
		}
		release()
	})
}

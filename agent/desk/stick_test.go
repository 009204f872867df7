package desk

import (
	"context"
	"testing"
	"time"

	"bianmin/core/casefile"
)

// fakeStick is the machine's service for sticks.
type fakeStick struct {
	asked []string
	said  casefile.Carried
}

func (f *fakeStick) Carry(_ context.Context, errand string) error {
	f.asked = append(f.asked, errand)
	return nil
}

func (f *fakeStick) Carried(context.Context) (casefile.Carried, error) { return f.said, nil }

// TestStickAtTheDesk: an errand is asked for once, stands in the trail, is shown while it goes and as it ends; a desk without such a service offers none.
func TestStickAtTheDesk(t *testing.T) {
	bubble(t, func(t *testing.T) {
		stick := &fakeStick{said: casefile.Carried{Errand: casefile.CarryOut, State: casefile.CarryDone, Packets: 9, At: now().Add(-time.Hour)}}
		s := newStage(t, func(o *Options) { o.Stick = stick })
		s.signOn("100001")
		s.send(Go{Page: Sync})
		s.wait(time.Second)
		if v := s.on(Sync).Sync; !v.CanCarry || v.Stick.Key != "" {
			t.Errorf("before: %+v", v)
		}
		s.send(CarryStick{Errand: casefile.CarryOut}, CarryStick{Errand: casefile.CarryHome})
		s.wait(time.Second)
		if v := s.on(Sync).Sync; !v.StickBusy || v.Stick.Key != "stick.working" || len(stick.asked) != 1 {
			t.Errorf("asked %v: %+v", stick.asked, v)
		}
		stick.said = casefile.Carried{Errand: casefile.CarryOut, State: casefile.CarryFailed, Code: "full", At: now()}
		s.wait(6 * time.Second)
		if v := s.on(Sync).Sync; v.StickBusy || v.StickGood || v.Stick.Key != "courier.error.full" {
			t.Errorf("full: %+v", v)
		}
	})
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.send(Go{Page: Sync}, CarryStick{Errand: casefile.CarryOut})
		s.wait(time.Second)
		if v := s.on(Sync).Sync; v.CanCarry || v.Stick.Key != "" {
			t.Errorf("%+v", v)
		}
	})
}

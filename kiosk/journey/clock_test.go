package journey

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/text"
)

// TestNoWrongDate: whatever a broken clock says, what people see, sign and take home bears the business date.
func TestNoWrongDate(t *testing.T) {
	for _, year := range []int{1970, 2036} {
		bubble(t, func(t *testing.T) {
			start := time.Now()
			now := func() time.Time {
				return time.Date(year, 2, 7, 6, 28, 0, 0, casefile.Zone).Add(time.Since(start))
			}
			s := newStage(t, loadCatalogue(t), func(o *Options) { o.Now = now })
			s.desk.wall = now
			if s.toDone(); !s.state.Now.IsZero() {
				t.Errorf("clock of %d: the header shows %s", year, s.state.Now)
			}
			s.tap(Reprint{})
			signed := s.desk.submissions[0].Signature.At
			if got := signed.In(casefile.Zone).Format(time.DateOnly); got != "2026-11-22" {
				t.Errorf("clock of %d: signed on %s", year, got)
			}
			papers := s.printer.documents()
			if len(papers) != 2 {
				t.Fatalf("%d papers", len(papers))
			}
			for _, paper := range papers {
				words := fmt.Sprint(paper)
				if strings.Contains(words, fmt.Sprint(year)) || !strings.Contains(words, text.Date(text.Chinese, day)) {
					t.Errorf("clock of %d: the paper says %s", year, words)
				}
			}
			s.tap(LeaveNow{})
			s.kill()
		})
	}
}

// TestClock: the header's clock goes where the desk agrees with it, and not at all while a technician must confirm it.
func TestClock(t *testing.T) {
	bubble(t, func(t *testing.T) {
		start := time.Now()
		now := func() time.Time { return day.Add(9*time.Hour + time.Since(start)) }
		s := newStage(t, loadCatalogue(t), func(o *Options) { o.Now = now })
		if got := s.state.Now.In(casefile.Zone).Format(time.DateTime); got != "2026-11-22 17:00:00" {
			t.Errorf("the header shows %s", got)
		}
		s.desk.health.set(Health{ClockDoubt: true})
		if s.wait(6 * time.Second); !s.state.Now.IsZero() {
			t.Errorf("a doubted clock is shown: %s", s.state.Now)
		}
		s.kill()
	})
}

package journey

import (
	"context"
	"slices"
	"time"

	"bianmin/core/casefile"
)

// caseSeen is a new look at the case that was just filed.
type caseSeen struct{ summary casefile.Summary }

func (caseSeen) event() {}

func (m *machine) enterDone() {
	m.until = time.Now().Add(m.options.Times.Done)
	m.askPrint()
}

// watchDelivery looks for the platform's acknowledgement until it is there.
func (m *machine) watchDelivery() {
	filing, f, every, log := m.options.Filing, m.filed.Filed, m.options.Times.Deliver, m.log
	correction := m.filed.corrected != nil
	m.fx.launch(slotDeliver, func(ctx context.Context, emit emit) Event {
		for pause(ctx, every) {
			summary, err := filing.Summary(ctx, f)
			switch {
			case ctx.Err() != nil:
				return nil
			case err != nil:
				log.Warn("case not looked up", "error", err)
			case standing(summary, correction) != casefile.StateQueued:
				return caseSeen{summary: summary}
			}
		}
		return nil
	})
}

// standing is how what was just filed stands with the platform: the case, or the newest correction from here.
func standing(summary casefile.Summary, correction bool) string {
	if !correction {
		return summary.State
	}
	for _, moment := range slices.Backward(summary.Moments) {
		if moment.Kind == string(casefile.Corrected) && moment.State != "" {
			return moment.State
		}
	}
	return casefile.StateQueued
}

func (m *machine) delivered(summary casefile.Summary) {
	if m.filed == nil || summary.Number != m.filed.Number {
		return
	}
	if standing(summary, m.filed.corrected != nil) != casefile.StateRefused {
		m.filed.delivered, m.filed.official = true, summary.Official
	}
}

func (m *machine) nextDone() *Next {
	return &Next{Label: Message{Key: keyNextLeave, Args: map[string]any{"seconds": int(left(m.until) / time.Second)}}, Enabled: true}
}

func (m *machine) drawDone(s *State) {
	f := m.filed
	v := &DoneView{
		Number: f.Number, QR: f.QR, ItemName: f.item.Name, Department: f.item.Department.ShortName, Days: f.item.Limits.Promised,
		Delivered: f.delivered, Official: f.official, Print: f.print, Evaluation: f.level, Evaluated: f.rated,
		Left: left(m.until), Correction: f.corrected != nil,
	}
	if !v.Correction {
		v.NextItems = further(f.set, f.item)
	}
	if len(v.Department) == 0 {
		v.Department = f.item.Department.Name
	}
	if len(f.item.Delivery) > 0 {
		v.Delivery = f.item.Delivery[0]
	}
	s.Done = v
}

package journey

import (
	"context"
	"time"

	"bianmin/core/casefile"
	"bianmin/drivers"
)

// A receipt's code may be held before the reader on the first screens. It opens the state of its case and no more: what is
// about a person needs the card.
type (
	codeRead struct {
		text string
		err  error
	}
	receiptFound struct {
		summary casefile.Summary
		here    bool
		err     error
	}
)

func (codeRead) event()     {}
func (receiptFound) event() {}

func (m *machine) codeEvent(event Event) bool {
	switch event := event.(type) {
	case codeRead:
		m.codeHeard(event)
	case receiptFound:
		m.showReceipt(event)
	default:
		return false
	}
	return true
}

// hearCodes listens to the code reader while one of the first screens is shown.
func (m *machine) hearCodes() {
	reader := m.options.Devices.Code
	if reader == nil {
		return
	}
	m.fx.launch(slotCode, func(ctx context.Context, emit emit) Event {
		for {
			code, err := reader.Scan(ctx)
			if ctx.Err() != nil {
				return nil
			}
			emit(codeRead{code.Text, err})
			if err != nil && !pause(ctx, time.Second) {
				return nil
			}
		}
	})
}

func (m *machine) exitFirst() { m.fx.cancel(slotCode, slotCases) }

func (m *machine) codeHeard(read codeRead) {
	switch {
	case m.screen != Attract && m.screen != Home:
	case read.err != nil && drivers.FaultOf(read.err) == drivers.FaultProtocol:
		m.tellCode(keyCodeAgain)
	case read.err != nil:
		m.log.Warn("code reader", "error", read.err)
	default:
		m.active()
		filing, text := m.options.Filing, read.text
		m.fx.launch(slotCases, func(ctx context.Context, _ emit) Event {
			summary, here, err := filing.Receipt(ctx, text)
			return receiptFound{summary, here, err}
		})
	}
}

// tellCode says on the first choice what is wrong with a code.
func (m *machine) tellCode(key string) {
	m.active()
	if m.screen == Attract {
		m.to(Home)
	}
	m.browse.code = words(key)
}

func (m *machine) showReceipt(found receiptFound) {
	switch {
	case found.err != nil:
		m.log.Warn("receipt's code not read", "error", found.err)
		m.tellCode(keyCodeForeign)
	case !found.here:
		m.tellCode(keyCodeElsewhere)
	default:
		m.closeErrand()
		m.browse = browse{}
		m.cases = cases{list: []casefile.Summary{found.summary}, open: found.summary.Number, byCode: true}
		m.to(CaseDetail)
	}
}

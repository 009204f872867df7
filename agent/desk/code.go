package desk

import (
	"context"
	"strings"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/receipt"
	"bianmin/drivers"
)

const slotCodes slot = "codes"

// hearCodes listens to the code reader as long as the shift lasts.
func (m *machine) hearCodes() {
	reader := m.options.Devices.Code
	if reader == nil {
		return
	}
	m.fx.start(slotCodes, m.shift, false, func(ctx context.Context, emit func(then)) then {
		for ctx.Err() == nil {
			code, err := reader.Scan(ctx)
			switch {
			case ctx.Err() != nil:
			case err != nil:
				emit(func(m *machine) { m.codeFailed(err) })
				pause(ctx, time.Second)
			default:
				emit(func(m *machine) { m.codeHeard(code.Text) })
			}
		}
		return nil
	})
}

func (m *machine) codeFailed(err error) {
	if m.locked != nil {
		return
	}
	if drivers.FaultOf(err) == drivers.FaultProtocol {
		m.say(Warn, "desk.notice.code-again", nil)
		return
	}
	m.fail("read a code", err)
}

// codeHeard does what typing the code into the search would. Nothing happens behind the lock; where an answer is waited for, or something
// is being filed, the page stays.
func (m *machine) codeHeard(text string) {
	if m.locked != nil || m.shift == nil {
		return
	}
	m.touched = time.Now()
	text = strings.TrimSpace(text)
	_, err := casefile.ParseNumber(text)
	switch {
	case m.overlay != nil || m.shift.accept != nil && m.shift.accept.busy != "":
		m.say(Warn, "desk.notice.code-later", nil)
	case err == nil || strings.HasPrefix(text, receipt.CodePrefix):
		m.search(text)
	default:
		m.say(Warn, "desk.problem.receipt", nil)
	}
}

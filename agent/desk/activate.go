package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"bianmin/core/agency"
	"bianmin/core/identity"
	"bianmin/drivers"
)

// openActivate goes to the page where an account gets its keys.
func (m *machine) openActivate(id string, recover bool) {
	if m.page != SignOn || m.entry.busy || m.entry.line(id) == nil {
		return
	}
	m.fx.cancel(slotWatch)
	m.entry.activate = activating{id: id, recover: recover}
	m.to(Activate)
}

// recoveryFile names the request that goes to the custodians, and their answer.
func recoveryFile(id string, answer bool) string {
	if answer {
		return "recovery-" + id + ".answer"
	}
	return "recovery-" + id + ".request"
}

// forgot writes the request that the custodians answer, and waits for their answer.
func (m *machine) forgot(id string) {
	m.openActivate(id, true)
	if m.page != Activate || m.options.Save == nil {
		return
	}
	office, save := m.options.Office, m.options.Save
	m.entry.activate.busy = true
	m.do(slotActivate, func(ctx context.Context, _ func(then)) then {
		request, err := office.RecoveryRequest(ctx, id)
		name := ""
		if err == nil {
			name, err = save.Save(ctx, recoveryFile(id, false), request)
		}
		return func(m *machine) {
			m.entry.activate.busy = false
			if err != nil {
				m.entry.activate.problem = trouble(err)
				return
			}
			m.say(Good, "desk.notice.recovery-saved", map[string]any{"file": name})
		}
	})
}

// activation makes the keys: from the platform's code, or from the custodians' answer.
func (m *machine) activation(a Activation) {
	act := &m.entry.activate
	line := m.entry.line(act.id)
	if m.page != Activate || act.busy || line == nil {
		return
	}
	switch {
	case a.Secret != a.Again:
		act.problem = Message{Key: "desk.problem.secrets-differ"}
		return
	case agency.CheckSecret(a.Secret, line.Account) != nil && !line.PIN:
		act.problem = trouble(agency.CheckSecret(a.Secret, line.Account))
		return
	case a.Code == "" && !act.recover:
		act.problem = Message{Key: "desk.problem.code"}
		return
	}
	act.busy, act.problem = true, Message{}
	office, save, reader, id, account, recover := m.options.Office, m.options.Save, m.options.Devices.Reader, act.id, line.Account, act.recover
	m.fx.start(slotActivate, nil, true, func(ctx context.Context, _ func(then)) then {
		var err error
		if recover {
			err = recovered(ctx, office, save, id, a.Secret)
		} else {
			var card *identity.Card
			if card, err = m.agentsCard(ctx, reader, account); err == nil {
				err = office.Activate(ctx, id, a.Code, a.Secret, card)
			}
		}
		return func(m *machine) { m.activated(id, err) }
	})
}

var errOtherCard = errors.New("the card on the reader is not the account's")

// agentsCard is the agent's own card, nil when none lies on the reader.
func (m *machine) agentsCard(ctx context.Context, reader drivers.CardReader, account agency.Account) (*identity.Card, error) {
	if reader == nil {
		return nil, nil
	}
	card, err := m.readCard(ctx, reader)
	switch {
	case errors.Is(err, drivers.ErrNoCard):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read the agent's card: %w", err)
	case card.Name != account.Name:
		return nil, errOtherCard
	}
	return &card, nil
}

var errNoAnswer = errors.New("no answer of the custodians")

func recovered(ctx context.Context, office Office, save Saver, id, secret string) error {
	if save == nil {
		return errNoAnswer
	}
	answer, err := save.Load(ctx, recoveryFile(id, true))
	if err != nil {
		return fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	return office.RecoveryAnswer(ctx, id, answer, secret)
}

func (m *machine) activated(id string, err error) {
	act := &m.entry.activate
	act.busy = false
	switch {
	case err == nil:
		m.colleagues = slices.Clone(m.colleagues)
		if at := slices.IndexFunc(m.colleagues, func(a agency.AccountLine) bool { return a.ID == id }); at >= 0 {
			m.colleagues[at].Active = true
		}
		m.entry.chosen = id
		m.toSignOn()
		m.say(Good, "desk.notice.activated", nil)
	case errors.Is(err, errOtherCard):
		act.problem = Message{Key: "desk.problem.card-other"}
	case errors.Is(err, errNoAnswer):
		act.problem = Message{Key: "desk.problem.no-answer"}
	case errors.Is(err, agency.ErrSecret):
		act.problem = Message{Key: "desk.problem.code"}
	default:
		m.log.Warn("account not activated", "error", err)
		act.problem = trouble(err)
	}
}

func (m *machine) drawActivate(s *State) {
	act := m.entry.activate
	v := &ActivateView{Recover: act.recover, Busy: act.busy, Problem: act.problem}
	if line := m.entry.line(act.id); line != nil {
		v.Account = *line
	}
	s.Activate = v
}

package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/store/terminal"
)

// Case opens one of this account's cases; agency.NotYours for any other.
func (b *Book) Case(ctx context.Context, number casefile.Number) (agency.CaseFile, error) {
	d, err := b.reading(ctx)
	if err != nil {
		return agency.CaseFile{}, coded(err)
	}
	line, err := b.caseLine(ctx, number)
	if err != nil {
		return agency.CaseFile{}, coded(err)
	}
	found, desk, err := d.store.DeskCase(ctx, number)
	if errors.Is(err, store.ErrNoCase) || (err == nil && desk.Account != b.account.ID) {
		return agency.CaseFile{}, refuse(agency.NotYours)
	}
	if err != nil {
		return agency.CaseFile{}, coded(err)
	}
	states, err := d.store.PacketStates(ctx, number)
	if err != nil {
		return agency.CaseFile{}, coded(err)
	}
	file, err := d.openCase(found, desk, states)
	file.CaseLine = line
	return file, coded(err)
}

func (b *Book) caseLine(ctx context.Context, number casefile.Number) (agency.CaseLine, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.refresh(ctx); err != nil {
		return agency.CaseLine{}, err
	}
	if r := b.index.byNumber()[number]; r != nil {
		return r.CaseLine, nil
	}
	return agency.CaseLine{}, refuse(agency.NotYours)
}

func (d desk) openCase(found store.Case, desk store.Desk, states map[string]string) (agency.CaseFile, error) {
	key, err := d.caseKey(desk)
	if err != nil {
		return agency.CaseFile{}, err
	}
	summary, err := terminal.OpenCase(found, key)
	if err != nil {
		return agency.CaseFile{}, err
	}
	log, err := openLog(found.Number, found.Events, key)
	if err != nil {
		return agency.CaseFile{}, err
	}
	file := agency.CaseFile{Agent: "", QR: summary.QR, Days: summary.Days, Department: summary.Department, Reason: summary.Reason}
	for i, e := range log {
		file.Moments = append(file.Moments, moment(e, states))
		if e.Kind == casefile.Corrected && summary.Moments[i].Refused { // it corrected nothing
			continue
		}
		if e.Event != nil {
			file.Attachments = append(file.Attachments, e.Attachments...)
			if err := takeEvent(&file, *e.Event); err != nil {
				return agency.CaseFile{}, err
			}
		}
		if e.Update != nil {
			takeUpdate(&file, *e.Update)
		}
		if e.Kind == casefile.Evaluated {
			file.Evaluations = e.Times
		}
	}
	d.ask(&file, summary.Asked)
	if file.Custody, err = custodyOf(log); err != nil {
		return agency.CaseFile{}, err
	}
	file.Fees = feesOf(log)
	return file, nil
}

// takeEvent brings into the file what an event from here says.
func takeEvent(file *agency.CaseFile, event casefile.Event) error {
	switch {
	case event.Submission != nil:
		file.Submission = *event.Submission
		file.Agent = accountIn(event.Actor)
	case event.Correction != nil:
		return correct(&file.Submission, *event.Correction)
	case event.Confirmation != nil:
		at, _ := event.At.Moment()
		confirm(&file.Submission, *event.Confirmation, at)
	}
	return nil
}

// takeUpdate brings into the file what the platform wrote.
func takeUpdate(file *agency.CaseFile, update casefile.Update) {
	switch {
	case update.Branch != nil:
		same := func(b casefile.Branch) bool { return b.Department == update.Branch.Department }
		if i := slices.IndexFunc(file.Branch, same); i >= 0 {
			file.Branch[i] = *update.Branch
		} else {
			file.Branch = append(file.Branch, *update.Branch)
		}
	case update.Kind == casefile.PlatformFinished || update.Kind == casefile.PlatformRejected:
		file.Outcome = update.Outcome
	}
}

// ask brings into the file what must be corrected.
func (d desk) ask(file *agency.CaseFile, asked casefile.Asked) {
	if !asked.Stands() {
		return
	}
	file.Notice, file.NoticeID = &asked.Notice, asked.ID
	if due, ok := asked.Due(d.office.options.Calendar()); ok {
		file.NoticeDue = due.In(time.UTC).Format(time.DateOnly)
	}
}

// correct puts the values and materials of a correction in place of the former ones.
func correct(s *casefile.Submission, c casefile.Correction) error {
	if len(c.Values) > 0 {
		values, changed := map[string]json.RawMessage{}, map[string]json.RawMessage{}
		if len(s.Values) > 0 {
			if err := json.Unmarshal(s.Values, &values); err != nil {
				return fmt.Errorf("read a case's values: %w", err)
			}
		}
		if err := json.Unmarshal(c.Values, &changed); err != nil {
			return fmt.Errorf("read a correction's values: %w", err)
		}
		maps.Copy(values, changed)
		merged, err := json.Marshal(values)
		if err != nil {
			return fmt.Errorf("encode a case's values: %w", err)
		}
		s.Values = merged
	}
	s.Materials = slices.Clone(s.Materials)
	for _, m := range c.Materials {
		same := func(other casefile.Material) bool { return other.Code == m.Code }
		if i := slices.IndexFunc(s.Materials, same); i >= 0 {
			s.Materials[i] = m
		} else {
			s.Materials = append(s.Materials, m)
		}
	}
	return nil
}

// confirm raises the trust of the materials that were compared with their originals.
func confirm(s *casefile.Submission, c casefile.Confirmation, at time.Time) {
	s.Materials = slices.Clone(s.Materials)
	for i := range s.Materials {
		if m := &s.Materials[i]; slices.Contains(c.Materials, m.Code) {
			m.Trust, m.ConfirmedBy, m.ConfirmedAt = casefile.TrustConfirmed, c.By, at
		}
	}
}

// moment is an event's line in the timeline.
func moment(e entry, states map[string]string) agency.Moment {
	m := agency.Moment{At: e.At.In(casefile.Zone), Kind: e.Kind, Text: e.Reason, State: states[e.ID]}
	if e.Official != "" {
		m.Text = e.Official
	}
	if e.Event != nil {
		m.By, m.Text = accountIn(e.Event.Actor), eventText(*e.Event)
	}
	if u := e.Update; u != nil {
		switch {
		case u.Branch != nil:
			m.By, m.Text = u.Branch.Department, u.Branch.Text
		case u.Outcome != nil:
			m.Text = u.Outcome.Result
		case u.Payment != nil:
			m.Payment = u.Payment
		}
	}
	return m
}

func eventText(event casefile.Event) string {
	switch {
	case event.Turn != nil:
		return event.Turn.Reason
	case event.Fee != nil:
		return event.Fee.Receipt
	case event.Papers != nil:
		return string(event.Papers.Step)
	case event.Delivery != nil:
		return event.Delivery.Recipient
	case event.Visit != nil:
		return event.Visit.Note
	}
	return ""
}

// accountIn is the account of an actor "agent:ID", or the actor itself.
func accountIn(actor string) string {
	const prefix = "agent:"
	if len(actor) > len(prefix) && actor[:len(prefix)] == prefix {
		return actor[len(prefix):]
	}
	return actor
}

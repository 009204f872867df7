package terminal

import (
	"encoding/json"
	"fmt"

	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/seal"

	"github.com/emmansun/gmsm/sm2"
)

// OpenCase opens a stored case with its private key: the one the person's card
// or the point's recovery key unwraps.
func OpenCase(c store.Case, key *sm2.PrivateKey) (casefile.Summary, error) {
	content, err := seal.OpenWith(c.Summary, key, "summary "+string(c.Number))
	if err != nil {
		return casefile.Summary{}, fmt.Errorf("open a summary: %w", err)
	}
	var kept Summary
	if err := json.Unmarshal(content, &kept); err != nil {
		return casefile.Summary{}, fmt.Errorf("read a summary: %w", err)
	}
	s := casefile.Summary{
		Number: c.Number, ItemCode: kept.Item, ItemName: kept.Name, Filed: kept.Filed.In(casefile.Zone), State: c.State,
		Version: kept.Version, Days: kept.Days, Department: kept.Department, QR: kept.QR, Settled: c.Settled, Successor: c.Successor,
	}
	openEvents(&s, c.Events, key)
	return s, nil
}

// AskedOf is what is asked for by a case's log, opened with its private key.
func AskedOf(number casefile.Number, events []store.Event, key *sm2.PrivateKey) casefile.Asked {
	s := casefile.Summary{Number: number}
	openEvents(&s, events, key)
	return s.Asked
}

// openEvents tells what a case's log comes to.
func openEvents(s *casefile.Summary, events []store.Event, key *sm2.PrivateKey) {
	details := make([]store.Detail, 0, len(events))
	refused := map[string]bool{} // packets
	for _, event := range events {
		detail := openEvent(s.Number, event, key)
		details = append(details, detail)
		if event.Kind == casefile.PlatformRefused {
			refused[detail.Packet] = true
		}
	}
	var status casefile.Status
	for i, event := range events {
		s.Moments = append(s.Moments, moment(event, details[i], refused))
		if event.Kind == casefile.Corrected && refused[event.ID] { // it corrected nothing
			continue
		}
		s.Asked = s.Asked.After(event.Kind, details[i].Update)
		if next, err := status.Apply(details[i].Entry(event.Kind)); err == nil { // what cannot follow was kept and changed nothing
			status = next
		}
	}
	s.State, s.Official, s.Reason = status.State, status.Official, status.Reason
}

// moment is an event as the person reads it.
func moment(event store.Event, detail store.Detail, refused map[string]bool) casefile.Moment {
	m := casefile.Moment{At: detail.At.In(casefile.Zone), Kind: string(event.Kind), Text: detail.Official, Refused: refused[event.ID]}
	if detail.Reason != "" {
		m.Text = detail.Reason
	}
	u := detail.Update
	switch {
	case u == nil:
	case u.Branch != nil:
		m.By, m.Text = u.Branch.Department, u.Branch.Text
	case u.Outcome != nil:
		m.Text = u.Outcome.Result
	case u.Payment != nil:
		m.Payment = u.Payment
	}
	return m
}

// ReadAnswer opens one of the platform's kept answers about a case with the case's private key, and verifies it anew by the platform's.
func ReadAnswer(kept store.Answer, number casefile.Number, key *sm2.PrivateKey, platform seal.Signers) (channel.Signed, error) {
	signed, err := kept.Open(number, key)
	if err != nil {
		return channel.Signed{}, err
	}
	return channel.ReadEvidence(signed, platform)
}

// openEvent opens an event's detail; one that does not open keeps kind and time.
func openEvent(number casefile.Number, event store.Event, key *sm2.PrivateKey) store.Detail {
	without := store.Detail{At: event.At}
	content, err := seal.OpenWith(event.Detail, key, "detail "+string(number))
	if err != nil {
		return without
	}
	var detail store.Detail
	if json.Unmarshal(content, &detail) != nil {
		return without
	}
	return detail
}

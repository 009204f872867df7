package terminal

import (
	"crypto/ecdsa"
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
		Days: kept.Days, Department: kept.Department, QR: kept.QR, Settled: c.Settled, Successor: c.Successor,
	}
	var entries []casefile.Entry
	for _, event := range c.Events {
		detail := openEvent(c.Number, event, key)
		entry := detail.Entry(event.Kind)
		entries = append(entries, entry)
		text := entry.Official
		if entry.Reason != "" {
			text = entry.Reason
		}
		moment := casefile.Moment{At: entry.At.In(casefile.Zone), Kind: string(event.Kind), Text: text}
		if detail.Update != nil {
			moment.Payment = detail.Update.Payment
		}
		s.Moments = append(s.Moments, moment)
	}
	var status casefile.Status
	for _, entry := range entries {
		if next, err := status.Apply(entry); err == nil { // what cannot follow was kept and changed nothing
			status = next
		}
	}
	s.State, s.Official, s.Reason = status.State, status.Official, status.Reason
	return s, nil
}

// ReadAnswer opens one of the platform's kept answers about a case with the case's private key, and verifies it anew by the platform's.
func ReadAnswer(kept store.Answer, number casefile.Number, key *sm2.PrivateKey, platform *ecdsa.PublicKey) (channel.Signed, error) {
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

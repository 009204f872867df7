package office

import (
	"encoding/json"
	"fmt"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/sync/seal"

	"github.com/emmansun/gmsm/sm2"
)

// entry is one opened event of a case's log.
type entry struct {
	store.Detail
	ID   string
	Kind casefile.EventKind
}

// openLog opens a case's log. A damaged event is an error: rules must not be
// judged by half a log.
func openLog(number casefile.Number, events []store.Event, key *sm2.PrivateKey) ([]entry, error) {
	entries := make([]entry, 0, len(events))
	for _, event := range events {
		content, err := seal.OpenWith(event.Detail, key, "detail "+string(number))
		if err != nil {
			return nil, fmt.Errorf("open an event: %w", err)
		}
		e := entry{ID: event.ID, Kind: event.Kind}
		if err := json.Unmarshal(content, &e.Detail); err != nil {
			return nil, fmt.Errorf("read an event: %w", err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// log opens a case's log inside a transaction; a case that has no row yet has none.
func (d desk) log(w *store.Work, standing store.Standing) ([]entry, error) {
	if standing.Public == nil {
		return nil, nil
	}
	key, err := d.caseKey(standing.Desk)
	if err != nil {
		return nil, err
	}
	events, err := w.Log(standing.Slot.Number)
	if err != nil {
		return nil, err
	}
	return openLog(standing.Slot.Number, events, key)
}

// custodyOf is where a case's originals are by its log.
func custodyOf(log []entry) (agency.Custody, error) {
	var custody agency.Custody
	for _, e := range log {
		if e.Event == nil || e.Event.Papers == nil {
			continue
		}
		var err error
		if custody, err = custody.Apply(*e.Event.Papers); err != nil {
			return custody, fmt.Errorf("read a case's originals: %w", err)
		}
	}
	return custody, nil
}

// feesOf are a case's ledger entries by its log.
func feesOf(log []entry) []casefile.FeeEntry {
	var fees []casefile.FeeEntry
	for _, e := range log {
		if e.Event != nil && e.Event.Fee != nil {
			fees = append(fees, *e.Event.Fee)
		}
	}
	return fees
}

// person is the name of who a case is for, "" for one begun elsewhere.
func (d desk) person(number casefile.Number, desk store.Desk) (string, error) {
	if desk.Line == nil {
		return "", nil
	}
	var row line
	err := d.openHanded(desk.Line, desk.Handed, "line "+string(number), &row)
	return row.Person, err
}

package office

import (
	"context"
	"errors"
	"fmt"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/store/terminal"
)

// Add commits one more event of a case, of this terminal or another; body holds
// the field that its kind needs. The rules of agency are checked inside the
// transaction. Fees are entered by Fee, sheets issued by Issue, days closed by
// CloseDay. A visit's number may be "": the appointment then belongs to no case
// and the event opens a record of its own.
func (b *Book) Add(ctx context.Context, number casefile.Number, kind casefile.EventKind, body casefile.Event, attachments []casefile.Attachment) (casefile.Filed, error) {
	d, err := b.filing(ctx)
	if err != nil {
		return casefile.Filed{}, coded(err)
	}
	var only casefile.Event
	if err := takeBody(&only, kind, body); err != nil {
		return casefile.Filed{}, coded(err)
	}
	if err := terminal.CheckAttachments(d.store, only, attachments); err != nil {
		return casefile.Filed{}, coded(err)
	}
	if kind == casefile.Confirmed {
		if account, err := b.office.find(b.account.ID); err != nil || !account.CanConfirm {
			return casefile.Filed{}, refuse(agency.NoConfirming)
		}
		only.Confirmation.By = b.account.ID
	}
	var filed casefile.Filed
	err = d.work(ctx, func(w *store.Work) error {
		if err := b.checkAuthorisation(only.Authorisation, kind, w.Clock.Judgement.Now); err != nil {
			return err
		}
		if number == "" && kind == casefile.Visited {
			filed, err = d.visitAlone(w, only, attachments)
			return err
		}
		filed, err = d.addTo(w, number, kind, only, attachments)
		return err
	})
	if err != nil {
		return casefile.Filed{}, err
	}
	return filed, nil
}

func (d desk) addTo(w *store.Work, number casefile.Number, kind casefile.EventKind, body casefile.Event, attachments []casefile.Attachment) (casefile.Filed, error) {
	standing, err := d.own(w, number, kind)
	if err != nil {
		return casefile.Filed{}, err
	}
	var custody agency.Custody
	switch {
	case kind == casefile.Papers:
		if custody, err = d.movePapers(w, standing, body.Papers); err != nil {
			return casefile.Filed{}, err
		}
	case kind == casefile.Evaluated && body.Evaluation.Times == 0:
		body.Evaluation.Times = standing.Evaluations + 1
	case kind == casefile.Corrected && body.Correction.Notice == "":
		if body.Correction.Notice, err = d.newestNotice(w, standing); err != nil {
			return casefile.Filed{}, err
		}
	}
	filed, err := d.add(w, standing, kind, attachments, func(e *casefile.Event) { _ = takeBody(e, kind, body) })
	if err != nil {
		return casefile.Filed{}, err
	}
	switch kind {
	case casefile.Papers:
		return filed, d.putPapers(w, standing, custody, *body.Papers)
	case casefile.Visited:
		_, err = w.VisitDone(d.account.ID, body.Visit.Appointment, body.Visit.Outcome)
	case casefile.Evaluated:
		err = w.Rated(filed.Event.ID, d.account.ID, "given")
	case casefile.Unevaluated:
		err = w.Rated(filed.Event.ID, d.account.ID, body.Unrated.Why)
	}
	return filed, err
}

// newestNotice is the id of the notice that stands, "" when this desk was told of none.
func (d desk) newestNotice(w *store.Work, standing store.Standing) (string, error) {
	log, err := d.log(w, standing)
	if err != nil {
		return "", err
	}
	id := ""
	for _, e := range log {
		if e.Update != nil && e.Update.Notice != nil {
			id = e.Update.ID
		}
	}
	return id, nil
}

// takeBody copies the one field a kind needs, so that nothing else goes out with it.
func takeBody(to *casefile.Event, kind casefile.EventKind, from casefile.Event) error {
	there := false
	if from.Authorisation != nil {
		to.Authorisation, _ = copied(from.Authorisation)
	}
	switch kind {
	case casefile.Corrected:
		to.Correction, there = copied(from.Correction)
	case casefile.Confirmed:
		to.Confirmation, there = copied(from.Confirmation)
	case casefile.Withdrawn, casefile.Suspended, casefile.Resumed, casefile.Ended, casefile.Closed, casefile.Urged:
		if to.Turn, there = copied(from.Turn); !there {
			to.Turn, there = &casefile.Turn{}, true
		}
	case casefile.Papers:
		to.Papers, there = copied(from.Papers)
	case casefile.Delivered:
		to.Delivery, there = copied(from.Delivery)
	case casefile.Visited:
		to.Visit, there = copied(from.Visit)
	case casefile.Evaluated:
		to.Evaluation, there = copied(from.Evaluation)
	case casefile.Unevaluated:
		to.Unrated, there = copied(from.Unrated)
		there = there && (to.Unrated.Why == "declined" || to.Unrated.Why == "not-offered")
	default:
		return fmt.Errorf("an event of kind %q is not added to a case", kind)
	}
	if !there {
		return fmt.Errorf("an event of kind %q without its body", kind)
	}
	return nil
}

func copied[T any](from *T) (*T, bool) {
	if from == nil {
		return nil, false
	}
	to := *from
	return &to, true
}

// visitAlone commits what became of an appointment without a case, under a number of its own.
func (d desk) visitAlone(w *store.Work, body casefile.Event, attachments []casefile.Attachment) (casefile.Filed, error) {
	seen, err := w.VisitDone(d.account.ID, body.Visit.Appointment, body.Visit.Outcome)
	if err != nil {
		return casefile.Filed{}, err
	}
	if !seen {
		return casefile.Filed{}, refuse(agency.NotYours)
	}
	return d.begin(w, recordVisit, casefile.Visited, attachments, func(e *casefile.Event) { e.Visit = body.Visit })
}

// begin puts a record that is no case: a closing, a sheet, a visit.
func (d desk) begin(w *store.Work, record string, kind casefile.EventKind, attachments []casefile.Attachment, fill func(*casefile.Event)) (casefile.Filed, error) {
	slot, err := w.Begin()
	if err != nil {
		return casefile.Filed{}, err
	}
	return d.beginAt(w, slot, record, kind, attachments, fill)
}

func (d desk) beginAt(w *store.Work, slot store.Slot, record string, kind casefile.EventKind, attachments []casefile.Attachment, fill func(*casefile.Event)) (casefile.Filed, error) {
	event, err := d.office.Event(d.self, slot, kind, d.actor())
	if err != nil {
		return casefile.Filed{}, err
	}
	fill(&event)
	composed, err := terminal.Compose(d.self, event, attachments)
	if err != nil {
		return casefile.Filed{}, err
	}
	filed := casefile.Filed{Number: event.Case, Event: event, Digest: composed.Digest}
	summary := terminal.Summary{Item: record, Filed: w.Clock.Judgement.Now}
	return filed, d.open(w, record, composed, summary, line{}, casefile.Status{State: casefile.StateQueued})
}

var errNoPapers = errors.New("no originals are named")

package office

import (
	"context"
	"errors"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/core/receipt"
	"bianmin/store"
	"bianmin/store/terminal"
	"bianmin/sync/seal"

	"github.com/emmansun/gmsm/sm2"
)

// line is what a case's row in the list keeps sealed.
type line struct {
	Person   string `json:"person,omitempty"`
	Number   string `json:"number,omitempty"` // ID number
	Item     string `json:"item,omitempty"`
	ItemName string `json:"itemName,omitempty"`
}

// Records of the desk.
const (
	recordCase  = "case"
	recordDay   = "day"
	recordSheet = "sheet"
	recordVisit = "visit"
)

// Submit commits a case with everything that belongs to it, and removes its
// draft ("" for none), in one transaction. After an error nothing was filed.
func (b *Book) Submit(ctx context.Context, submission casefile.Submission, attachments []casefile.Attachment, draft string) (casefile.Filed, error) {
	d, err := b.filing(ctx)
	if err != nil {
		return casefile.Filed{}, coded(err)
	}
	if err := terminal.CheckSubmission(submission); err != nil {
		return casefile.Filed{}, coded(err)
	}
	if err := terminal.CheckAttachments(d.store, casefile.Event{Submission: &submission}, attachments); err != nil {
		return casefile.Filed{}, coded(err)
	}
	var filed casefile.Filed
	err = d.work(ctx, func(w *store.Work) error {
		if err := b.checkDelegation(submission, w.Clock.Judgement.Now); err != nil {
			return err
		}
		if filed, err = d.submit(w, submission, attachments); err != nil {
			return err
		}
		if draft == "" {
			return nil
		}
		return w.DropDraft(b.account.ID, draft)
	})
	if err != nil {
		return casefile.Filed{}, err
	}
	return filed, nil
}

func (b *Book) checkDelegation(submission casefile.Submission, now time.Time) error {
	delegation := submission.Delegation
	if delegation == nil {
		return nil
	}
	if delegation.Agent != b.account.ID {
		return refuse(agency.NotYours)
	}
	principal := identity.Card{Number: submission.Applicant.Number}
	return agency.CheckDelegation(*delegation, principal, submission.Item.Code, agency.ScopeApply, identity.DateOf(now.In(casefile.Zone)))
}

// checkAuthorisation judges an authorisation by what it says itself; whose case it is for the platform knows.
func (b *Book) checkAuthorisation(a *casefile.Authorisation, kind casefile.EventKind, now time.Time) error {
	if a == nil {
		return nil
	}
	if a.Delegation.Agent != b.account.ID {
		return refuse(agency.NotYours)
	}
	return agency.CheckAuthorisation(*a, a.Delegation.Item, kind, identity.DateOf(now.In(casefile.Zone)))
}

func (d desk) submit(w *store.Work, submission casefile.Submission, attachments []casefile.Attachment) (casefile.Filed, error) {
	slot, err := w.Begin()
	if err != nil {
		return casefile.Filed{}, err
	}
	event, err := d.office.Event(d.self, slot, casefile.Submitted, d.actor())
	if err != nil {
		return casefile.Filed{}, err
	}
	event.Submission = &submission
	record, err := terminal.Compose(d.self, event, attachments)
	if err != nil {
		return casefile.Filed{}, err
	}
	item, now := submission.Item, w.Clock.Judgement.Now
	qr, err := d.self.SignCode(receipt.Code{Case: event.Case, Item: item.Code, Time: now, Digest: seal.Sum(record.Packet.Canonical)})
	if err != nil {
		return casefile.Filed{}, err
	}
	summary := terminal.Summary{Item: item.Code, Version: item.Version, Name: item.Name, Department: item.DepartmentName, Days: item.PromisedDays, QR: qr, Filed: now}
	row := line{Person: submission.Applicant.Name, Number: submission.Applicant.Number, Item: item.Code, ItemName: item.Name}
	if err := d.open(w, recordCase, record, summary, row, casefile.Status{State: casefile.StateQueued}); err != nil {
		return casefile.Filed{}, err
	}
	return casefile.Filed{Number: event.Case, Event: event, Digest: record.Digest, QR: qr}, nil
}

// open puts a new case or record with its first event: keys of its own, wrapped
// to the account and to recovery.
func (d desk) open(w *store.Work, kind string, record store.Record, summary terminal.Summary, row line, status casefile.Status) error {
	key, err := seal.NewCaseKey()
	if err != nil {
		return err
	}
	number, public := record.Event.Case, seal.CompressKey(&key.PublicKey)
	tag := seal.Tag(d.lookup, row.Number)
	record.Case = &store.NewCase{Tag: tag[:], Public: public, ByCard: []byte{}, Days: summary.Days}
	if record.Case.ByRecovery, err = seal.WrapKeyTo(key, d.self.Recovery); err != nil {
		return err
	}
	if record.Case.Summary, err = summary.Seal(public, number); err != nil {
		return err
	}
	if record.Detail, err = detailOf(record.Event, record.Attachments, w).Seal(public, number); err != nil {
		return err
	}
	desk := store.Desk{Record: kind, Account: d.account.ID}
	if desk.ByAgent, err = seal.WrapKeyTo(key, &d.private.PublicKey); err != nil {
		return err
	}
	if desk.Line, err = d.sealJSON(row, "line "+string(number)); err != nil {
		return err
	}
	return w.Open(record, status, desk)
}

// detailOf is what the log keeps of an event. Of a rating it keeps that there
// was one: what was rated leaves this PC sealed to the platform and nobody here reads it.
func detailOf(event casefile.Event, attachments []casefile.Attachment, w *store.Work) store.Detail {
	detail := store.Detail{At: w.Clock.Judgement.Now}
	switch event.Kind {
	case casefile.Evaluated:
		detail.Times = event.Evaluation.Times
	case casefile.Unevaluated:
	default:
		detail.Event, detail.Attachments = &event, attachments
	}
	return detail
}

// add composes one more event of a case and puts it; fill gives its body.
func (d desk) add(w *store.Work, standing store.Standing, kind casefile.EventKind, attachments []casefile.Attachment, fill func(*casefile.Event)) (casefile.Filed, error) {
	record, status, err := d.office.Follow(d.self, standing, kind, d.actor(), attachments, fill)
	if err != nil {
		return casefile.Filed{}, err
	}
	event := record.Event
	filed := casefile.Filed{Number: event.Case, Event: event, Digest: record.Digest}
	if standing.Public == nil { // a case begun elsewhere: its first event from here
		return filed, d.open(w, recordCase, record, terminal.Summary{Filed: w.Clock.Judgement.Now}, line{}, status)
	}
	if record.Detail, err = detailOf(event, attachments, w).Seal(standing.Public, event.Case); err != nil {
		return casefile.Filed{}, err
	}
	return filed, w.Add(record, standing, status)
}

// own gives how a case of this account stands; agency.NotYours for any other.
// One begun at another terminal that has no row here yet is begun by what comes.
func (d desk) own(w *store.Work, number casefile.Number, kind casefile.EventKind) (store.Standing, error) {
	standing, err := w.Case(number)
	if errors.Is(err, store.ErrNoCase) {
		return d.elsewhere(w, number, kind)
	}
	if err != nil {
		return store.Standing{}, err
	}
	if standing.Desk.Account != d.account.ID || standing.Desk.Record != recordCase {
		return store.Standing{}, refuse(agency.NotYours)
	}
	return standing, nil
}

// elsewhere is how a case begun at another terminal stands: what went before is
// not known here, so the platform alone can refuse an event that does not follow.
func (d desk) elsewhere(w *store.Work, number casefile.Number, kind casefile.EventKind) (store.Standing, error) {
	parts, err := casefile.ParseNumber(string(number))
	if err != nil || (parts.Terminal == d.self.Number && parts.Generation == d.self.Generation) {
		return store.Standing{}, refuse(agency.NotYours)
	}
	before := map[casefile.EventKind]string{
		casefile.Corrected: casefile.StateCorrection, casefile.Delivered: casefile.StateDone,
		casefile.Resumed: casefile.StateSuspended, casefile.Closed: casefile.StateDelivered,
	}
	standing := store.Standing{Slot: store.Slot{Number: number, Sequence: 1, Clock: w.Clock}}
	standing.State = casefile.StateAccepted
	if state, known := before[kind]; known {
		standing.State, standing.Before = state, casefile.StateAccepted
	}
	return standing, nil
}

// caseKey opens a case's private key.
func (d desk) caseKey(standing store.Desk) (*sm2.PrivateKey, error) {
	return seal.UnwrapKeyWith(standing.ByAgent, d.private)
}

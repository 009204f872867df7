package journey

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/identity"
	"bianmin/core/text"
	"bianmin/core/usage"
)

// trustScanned is the trust level of a scan until someone compares it with the original.
const trustScanned = "C"

// filed is the last case filed in this session: what its receipt, its rating and its screen need.
type filed struct {
	casefile.Filed
	item      *catalogue.Item
	set       *catalogue.Catalogue
	print     PrintState
	job       int64 // the print ledger's id of the last job
	touched   bool  // the printer may have put something on paper: the next print is a reprint
	due       bool  // the receipt waits for another job to end
	level     int
	reasons   []string
	words     string
	rated     bool
	delivered bool
	official  string
	corrected []text.Local // what a correction gave, nil for an application
}

// submitted is what filing came to.
type submitted struct {
	filed casefile.Filed
	err   error
}

func (submitted) event() {}

func (m *machine) submitEvent(event Event) bool {
	done, ok := event.(submitted)
	if !ok {
		return false
	}
	m.active()
	if done.err != nil {
		m.notFiled(done.err)
		return true
	}
	m.log.Info("case filed", "number", string(done.filed.Number))
	d := m.draft
	m.filed = &filed{Filed: done.filed, item: d.item, set: d.set}
	m.count(usage.Filed, d.item.Code)
	m.served = true
	for _, g := range d.given {
		g.pages = nil // they belong to the case now
	}
	d.wipe()
	m.draft = nil
	m.to(Done)
	m.printReceipt()
	m.watchDelivery()
	return true
}

// notFiled says why, and keeps everything the person entered.
func (m *machine) notFiled(err error) {
	m.log.Error("case not filed", "error", err)
	m.to(Review)
	reason := code(err)
	if reason == casefile.Internal {
		m.draft.problem = words(keyNotSaved)
		return
	}
	m.outOfService(reason, Review)
}

// submit files the application. The draft cannot change any more until the answer is there.
func (m *machine) submit() {
	if m.fx.busy(slotSubmit) {
		return
	}
	if m.draft.asked != nil {
		m.submitCorrection()
		return
	}
	submission, attachments, err := m.draft.submission(m.handed(), m.look.lang)
	if err != nil {
		m.notFiled(err)
		return
	}
	strokes := copied(m.draft.strokes)
	m.to(Submitting)
	m.fx.keep(slotSubmit, m.file(submission, attachments, strokes, m.recorded()))
}

// file signs and files: ready, signature on disk, one transaction. A signature that signs nothing is dropped.
func (m *machine) file(submission casefile.Submission, attachments []casefile.Attachment, strokes []Stroke, at time.Time) work {
	filing, person := m.options.Filing, m.handed()
	return func(ctx context.Context, _ emit) Event {
		if err := filing.Able(ctx); err != nil {
			return submitted{err: fmt.Errorf("ready to file: %w", err)}
		}
		content, err := casefile.SignedContent(submission)
		if err != nil {
			return submitted{err: fmt.Errorf("signed content: %w", err)}
		}
		signature, err := sign(ctx, filing, content, strokes, at)
		if err != nil {
			return submitted{err: err}
		}
		submission.Signature = &signature.record
		all := append(attachments, signature.attachment)
		done, err := filing.Submit(ctx, submission, all, person)
		for i := range all {
			clear(all[i].Key[:])
		}
		if err != nil {
			m.forget(ctx, signature.attachment.Digest)
			return submitted{err: fmt.Errorf("submit: %w", err)}
		}
		return submitted{filed: done}
	}
}

type signature struct {
	record     casefile.Signature
	attachment casefile.Attachment
}

// sign keeps the picture of the signature and binds it to exactly this content, which it clears.
func sign(ctx context.Context, filing Filing, content []byte, strokes []Stroke, at time.Time) (signature, error) {
	drawn, err := picture(strokes)
	if err != nil {
		return signature{}, err
	}
	attachment, err := filing.Attach(ctx, "image/png", drawn)
	clear(drawn)
	if err != nil {
		return signature{}, fmt.Errorf("keep signature: %w", err)
	}
	record := casefile.Signature{Attachment: attachment.Digest, Content: filing.Digest(content), Strokes: len(strokes), At: at}
	clear(content)
	for i := range strokes {
		clear(strokes[i].Points)
	}
	return signature{record: record, attachment: attachment}, nil
}

func copied(strokes []Stroke) []Stroke {
	out := make([]Stroke, len(strokes))
	for i, stroke := range strokes {
		out[i].Points = append([]Point(nil), stroke.Points...)
	}
	return out
}

// submission is what the person files, and the sealed files it names.
func (d *draft) submission(card identity.Card, lang text.Lang) (casefile.Submission, []casefile.Attachment, error) {
	values, err := json.Marshal(d.checked.Final(d.values))
	if err != nil {
		return casefile.Submission{}, nil, fmt.Errorf("write values: %w", err)
	}
	s := casefile.Submission{
		Item: casefile.ItemRef{
			Code: d.item.Code, Name: d.item.Name.In(text.Chinese), Version: d.item.Version, CatalogueVersion: d.set.Version,
			Department: d.item.Department.CreditCode, DepartmentName: d.item.Department.Name.In(text.Chinese),
			PromisedDays: d.item.Limits.Promised,
		},
		Applicant: casefile.ApplicantOf(card), Values: values, Previous: d.previous,
	}
	var attachments []casefile.Attachment
	var covers []string
	for _, material := range d.needed() {
		way := d.way(material)
		if way == "" {
			continue // optional and not given
		}
		m := casefile.Material{Code: material.Code, Name: material.Name.In(text.Chinese), Way: way}
		switch way {
		case casefile.Scanned:
			m.Trust = trustScanned
			for _, p := range d.given[material.Code].pages {
				m.Pages = append(m.Pages, p.record)
				attachments = append(attachments, p.attachment)
			}
		case casefile.Promised:
			covers = append(covers, material.Code)
		}
		s.Materials = append(s.Materials, m)
	}
	if len(covers) > 0 {
		s.Promise = &casefile.Promise{Text: d.promiseText(lang), Covers: covers, Deadline: d.item.Promise.Deadline}
	}
	return s, attachments, nil
}

func (m *machine) drawSubmitting(s *State) { s.Submitting = &SubmittingView{Stage: "saving"} }

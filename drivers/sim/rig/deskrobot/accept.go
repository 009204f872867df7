package main

import (
	"context"
	"fmt"
	"slices"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/form"
)

// Cards of the bench.
const (
	principalCard = "card place 11"
	delegateCard  = "card place 12"
)

// accept accepts a case for an absent principal, going on where the page stands, and gives its number.
func (r *robot) accept(ctx context.Context) (casefile.Number, error) {
	if r.state.Accept == nil {
		r.resumed = false
		if err := r.do(ctx, desk.NewCase{}, "the items", func(s desk.State) bool { return s.ChooseItem != nil }); err != nil {
			return "", err
		}
		if err := r.do(ctx, desk.ItemPick{Code: r.item}, "the form", func(s desk.State) bool { return s.Accept != nil }); err != nil {
			return "", err
		}
	}
	for _, part := range []func(context.Context) error{r.persons, r.authorise, r.interrupted, r.fill, r.materials} {
		if err := part(ctx); err != nil {
			return "", err
		}
	}
	if err := r.page(ctx, "the case without problems", func(v desk.AcceptView) bool { return len(v.Missing) == 0 }); err != nil {
		return "", fmt.Errorf("%w: missing %+v", err, r.state.Accept.Missing)
	}
	r.desk.Send(desk.File{})
	err := r.until(ctx, "the case filed", func(s desk.State) bool { return s.Accept != nil && s.Accept.Filed != nil })
	if err != nil {
		return "", err
	}
	number := r.state.Accept.Filed.Number
	say("filed %s", number)
	err = r.until(ctx, "the receipt", func(s desk.State) bool {
		return s.Accept.Filed.Print != "printing" && s.Accept.Filed.Copy != "printing"
	})
	say("printed %s %s %s", number, r.state.Accept.Filed.Print, r.state.Accept.Filed.Copy)
	return number, err
}

// page waits until the page stands still and it is so.
func (r *robot) page(ctx context.Context, what string, so func(v desk.AcceptView) bool) error {
	return r.until(ctx, what, func(s desk.State) bool { return s.Accept != nil && s.Accept.Busy == "" && so(*s.Accept) })
}

// set sends an event and waits until the page shows it.
func (r *robot) set(ctx context.Context, event desk.Event, what string, so func(v desk.AcceptView) bool) error {
	r.desk.Send(event)
	return r.page(ctx, what, so)
}

func (r *robot) persons(ctx context.Context) error {
	for _, p := range []struct {
		card, into string
		there      func(v desk.AcceptView) bool
	}{
		{principalCard, "principal", func(v desk.AcceptView) bool { return v.Principal != nil }},
		{delegateCard, "delegate", func(v desk.AcceptView) bool { return v.Delegate != nil }},
	} {
		if p.there(*r.state.Accept) {
			continue
		}
		if err := r.tell(ctx, p.card); err != nil {
			return err
		}
		if err := r.set(ctx, desk.ReadCard{Into: p.into}, "the card of the "+p.into, p.there); err != nil {
			return err
		}
		if err := r.tell(ctx, "card remove"); err != nil {
			return err
		}
	}
	return nil
}

func (r *robot) authorise(ctx context.Context) error {
	for _, scope := range []string{agency.ScopeApply, agency.ScopeCorrect, agency.ScopePay, agency.ScopeCollect} {
		has := func(v desk.AcceptView) bool { return slices.Contains(v.Scope, scope) }
		if has(*r.state.Accept) {
			continue
		}
		if err := r.set(ctx, desk.SetScope{Scope: scope, On: true}, "the scope", has); err != nil {
			return err
		}
	}
	if r.state.Accept.Until == "" {
		if err := r.set(ctx, desk.SetUntil{Text: "2027-06-30"}, "the last day", func(v desk.AcceptView) bool { return v.Until != "" }); err != nil {
			return err
		}
	}
	if len(r.state.Accept.AuthPages) > 0 {
		return nil
	}
	r.desk.Send(desk.PrintAuth{})
	return r.set(ctx, desk.ScanAuth{}, "the authorisation", func(v desk.AcceptView) bool { return len(v.AuthPages) > 0 })
}

// interrupted leaves a new case and comes back to its draft, as when somebody else is at the door.
func (r *robot) interrupted(ctx context.Context) error {
	if r.resumed {
		return nil
	}
	draft := r.state.Accept.Draft
	if err := r.do(ctx, desk.Back{}, "the page left", func(s desk.State) bool { return s.Accept == nil }); err != nil {
		return err
	}
	err := r.do(ctx, desk.Go{Page: desk.Today}, "the draft listed", func(s desk.State) bool {
		return s.Today != nil && slices.ContainsFunc(s.Today.Drafts, func(d desk.DraftLine) bool { return d.ID == draft })
	})
	if err != nil {
		return err
	}
	return r.resume(ctx, draft)
}

// resume goes on with a draft.
func (r *robot) resume(ctx context.Context, draft string) error {
	r.resumed = true
	say("draft")
	return r.do(ctx, desk.OpenDraft{ID: draft}, "the draft", func(s desk.State) bool { return s.Accept != nil })
}

func (r *robot) fill(ctx context.Context) error {
	for again := true; again; { // an answer can show further fields
		again = false
		for _, f := range r.state.Accept.Fields {
			name, value := f.Field.Name, r.answers[f.Field.Name]
			if f.Value != nil || f.Locked || value == nil {
				continue
			}
			var event desk.Event = desk.SetField{Path: name, Text: fmt.Sprint(value)}
			if f.Field.Kind == form.KindChoice || f.Field.Kind == form.KindYesNo {
				event = desk.ChooseField{Path: name, Value: value}
			}
			err := r.set(ctx, event, "field "+name, func(v desk.AcceptView) bool {
				i := slices.IndexFunc(v.Fields, func(f desk.FieldView) bool { return f.Field.Name == name })
				return i >= 0 && v.Fields[i].Value != nil
			})
			if err != nil {
				return err
			}
			again = true
			break
		}
	}
	return nil
}

func (r *robot) materials(ctx context.Context) error {
	for _, m := range r.state.Accept.Materials {
		code := m.Material.Code
		now := func(v desk.AcceptView) desk.MaterialView {
			i := slices.IndexFunc(v.Materials, func(m desk.MaterialView) bool { return m.Material.Code == code })
			if i < 0 {
				return desk.MaterialView{}
			}
			return v.Materials[i]
		}
		if m.Way != "" && m.Way != casefile.Scanned || !m.Needed {
			continue
		}
		if len(m.Pages) == 0 {
			if err := r.set(ctx, desk.ScanInto{Material: code}, "pages of "+code, func(v desk.AcceptView) bool { return len(now(v).Pages) > 0 }); err != nil {
				return err
			}
		}
		if !m.Original {
			err := r.set(ctx, desk.SetOriginal{Material: code, On: true}, "the original of "+code, func(v desk.AcceptView) bool { return now(v).Original })
			if err != nil {
				return err
			}
		}
	}
	return nil
}

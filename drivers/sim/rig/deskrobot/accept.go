package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/form"
)

// Cards of the bench: who the robot without a plan works for.
const (
	principalCard = "11"
	delegateCard  = "12"
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
	for _, part := range []func(context.Context) error{r.persons, r.authorise, r.interrupted, r.fill, r.without, r.materials} {
		if err := part(ctx); err != nil {
			return "", err
		}
	}
	if r.draft {
		return "", r.leave(ctx)
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
		{r.principal, "principal", func(v desk.AcceptView) bool { return v.Principal != nil }},
		{r.delegate, "delegate", func(v desk.AcceptView) bool { return v.Delegate != nil }},
	} {
		if p.card == "" || p.there(*r.state.Accept) {
			continue
		}
		if err := r.tell(ctx, "card place "+p.card); err != nil {
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
	if r.delegate == "" {
		return nil
	}
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
		if err := r.set(ctx, desk.SetUntil{Text: r.state.Now.AddDate(0, 6, 0).Format(time.DateOnly)}, "the last day", func(v desk.AcceptView) bool { return v.Until != "" }); err != nil {
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
	if r.resumed || r.plan != nil {
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
	done := map[string]bool{}
	for again := true; again; { // an answer can show further fields
		again = false
		for _, f := range r.state.Accept.Fields {
			name, value := f.Field.Name, r.answers[f.Field.Name]
			there := f.Value != nil && f.Field.Kind != form.KindAddress // of an address the point gives a part
			if there || f.Locked || value == nil || done[name] {
				continue
			}
			done[name] = true
			err := r.set(ctx, enter(f.Field, value), "field "+name, func(v desk.AcceptView) bool {
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

// enter is what sets a field: typed where it is a box, picked where it is not.
func enter(field form.Field, value any) desk.Event {
	switch field.Kind {
	case form.KindChoice, form.KindManyChoice, form.KindYesNo, form.KindAddress, form.KindTable:
		return desk.ChooseField{Path: field.Name, Value: value}
	case form.KindNumber:
		if n, ok := value.(float64); ok {
			return desk.SetField{Path: field.Name, Text: strconv.FormatFloat(n, 'f', -1, 64)}
		}
	}
	return desk.SetField{Path: field.Name, Text: fmt.Sprint(value)}
}

// without promises, or lets be handed in later, what there is none of.
func (r *robot) without(ctx context.Context) error {
	if r.promise {
		promised := func(v desk.AcceptView) bool { return v.Promise != nil && v.Promise.Accepted }
		if err := r.set(ctx, desk.AcceptPromise{On: true}, "the promise", promised); err != nil {
			return err
		}
	}
	for _, code := range r.later {
		until := r.state.Now.AddDate(0, 0, 3).Format(time.DateOnly)
		later := func(v desk.AcceptView) bool {
			return slices.ContainsFunc(v.Materials, func(m desk.MaterialView) bool { return m.Material.Code == code && m.Until != "" })
		}
		if err := r.set(ctx, desk.SetLater{Material: code, Until: until}, "handing in later", later); err != nil {
			return err
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
		if m.Way != "" && m.Way != casefile.Scanned || !m.Needed || slices.Contains(r.later, code) {
			continue
		}
		if len(m.Pages) == 0 {
			if err := r.set(ctx, desk.ScanInto{Material: code}, "pages of "+code, func(v desk.AcceptView) bool { return len(now(v).Pages) > 0 }); err != nil {
				return err
			}
		}
		if !m.Original && r.originals {
			err := r.set(ctx, desk.SetOriginal{Material: code, On: true}, "the original of "+code, func(v desk.AcceptView) bool { return now(v).Original })
			if err != nil {
				return err
			}
		}
	}
	return nil
}

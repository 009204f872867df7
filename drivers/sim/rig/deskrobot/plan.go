package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/drivers/sim/rig/plan"
)

// readPlan reads the steps of a day.
func readPlan(path string) (steps []plan.Step, err error) {
	content, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(content, &steps)
	}
	if err != nil {
		return nil, fmt.Errorf("read the plan: %w", err)
	}
	return steps, nil
}

// planned does a plan's steps.
func (r *robot) planned(ctx context.Context) error {
	numbers := map[string]casefile.Number{}
	for _, s := range r.plan {
		r.principal, r.delegate = s.Card, ""
		if s.Number != "" {
			numbers[s.Name] = s.Number
		}
		if s.File != nil {
			number, err := r.filed(ctx, *s.File)
			if err != nil {
				return fmt.Errorf("%s: %w", s.Name, err)
			}
			numbers[s.Name] = number
			say("case %s %s", s.Name, number)
		}
		if s.Do == "" {
			continue
		}
		if err := r.perform(ctx, numbers[s.Name], s.Do); err != nil {
			return fmt.Errorf("%s, %s: %w", s.Name, s.Do, err)
		}
	}
	return nil
}

// filed accepts a case, or leaves it as a draft.
func (r *robot) filed(ctx context.Context, f plan.Filing) (casefile.Number, error) {
	r.item, r.delegate, r.answers = f.Item, f.Delegate, f.Answers
	r.later, r.promise, r.originals, r.draft = f.Later, f.Promise, f.Originals, f.Draft
	r.state.Accept = nil
	number, err := r.accept(ctx)
	if err != nil {
		return "", err
	}
	return number, r.do(ctx, desk.Go{Page: desk.Today}, "the first page", func(s desk.State) bool { return s.Today != nil })
}

// leave leaves the page; what was filled in is a draft then.
func (r *robot) leave(ctx context.Context) error {
	id := r.state.Accept.Draft
	if err := r.do(ctx, desk.Go{Page: desk.Today}, "the first page", func(s desk.State) bool { return s.Today != nil }); err != nil {
		return err
	}
	return r.until(ctx, "the draft listed", func(s desk.State) bool {
		return s.Today != nil && slices.ContainsFunc(s.Today.Drafts, func(d desk.DraftLine) bool { return d.ID == id })
	})
}

// opened opens a case.
func (r *robot) opened(ctx context.Context, number casefile.Number) (agency.CaseFile, error) {
	if err := r.do(ctx, desk.Go{Page: desk.Cases}, "the list", func(s desk.State) bool { return s.Cases != nil }); err != nil {
		return agency.CaseFile{}, err
	}
	r.desk.Send(desk.PickCase{Number: number})
	err := r.until(ctx, "the case opened", func(s desk.State) bool {
		return s.Cases != nil && s.Cases.Busy == "" && s.Cases.Detail != nil && s.Cases.Detail.Number == number
	})
	if err != nil {
		return agency.CaseFile{}, err
	}
	return *r.state.Cases.Detail, nil
}

// perform does one thing with a case, or with the desk.
func (r *robot) perform(ctx context.Context, number casefile.Number, what string) error {
	verb, rest, _ := strings.Cut(what, " ")
	switch verb {
	case "close-day":
		return r.closeDay(ctx)
	case "visit":
		outcome, whom, _ := strings.Cut(rest, " ")
		return r.visit(ctx, outcome, whom)
	}
	file, err := r.opened(ctx, number)
	if err != nil {
		return err
	}
	switch verb {
	case "await":
		return r.changed(ctx, file, func(now agency.CaseFile) bool { return now.State == rest })
	case "department":
		if err := r.changed(ctx, file, func(now agency.CaseFile) bool { return !now.Waiting && now.State != casefile.StateQueued }); err != nil {
			return err
		}
		return r.tell(ctx, fmt.Sprintf("department %s %s", number, rest))
	case "fee":
		return r.amount(ctx, file, desk.ActFee, rest, "")
	case "refund":
		sum, why, _ := strings.Cut(rest, " ")
		return r.amount(ctx, file, desk.ActRefund, sum, why)
	case "papers":
		return r.papersOf(ctx, file, rest)
	case "suspend":
		return r.turned(ctx, file, desk.ActSuspend, rest)
	case "end":
		return r.turned(ctx, file, desk.ActEnd, rest)
	case "withdraw":
		return r.reasoned(ctx, file, desk.ActWithdraw, rest)
	case "urge":
		return r.reasoned(ctx, file, desk.ActUrge, rest)
	}
	own := map[string]step{
		"sheet": r.sheet, "correct": r.correct, "deliver": r.deliver, "evaluate": r.evaluate, "unrated": r.unrated, "return": r.giveBack, "close": r.closeCase,
	}
	do, known := own[verb]
	if !known {
		return fmt.Errorf("the robot does not know how to %s", verb)
	}
	return do(ctx, file)
}

// amount takes a fee, or gives one back with its reason.
func (r *robot) amount(ctx context.Context, file agency.CaseFile, action desk.CaseAction, sum, why string) error {
	r.act(action)
	if err := r.answer(ctx, "the sum", desk.Answer{Yes: true, Chosen: "0", Text: sum}); err != nil {
		return err
	}
	if why != "" {
		if err := r.answer(ctx, "why", desk.Answer{Yes: true, Text: why}); err != nil {
			return err
		}
	}
	return r.changed(ctx, file, func(now agency.CaseFile) bool { return len(now.Fees) > len(file.Fees) })
}

// reasoned does what asks for a reason only.
func (r *robot) reasoned(ctx context.Context, file agency.CaseFile, action desk.CaseAction, why string) error {
	r.act(action)
	if err := r.answer(ctx, "why", desk.Answer{Yes: true, Text: why}); err != nil {
		return err
	}
	return r.changed(ctx, file, func(now agency.CaseFile) bool { return len(now.Moments) > len(file.Moments) })
}

// turned does what asks for a reason and a signed form.
func (r *robot) turned(ctx context.Context, file agency.CaseFile, action desk.CaseAction, why string) error {
	r.act(action)
	if err := r.answer(ctx, "why", desk.Answer{Yes: true, Text: why}); err != nil {
		return err
	}
	return r.signed(ctx, file, func(now agency.CaseFile) bool { return now.State != file.State })
}

// visit says what became of somebody's visit today. The list comes with the platform's news.
func (r *robot) visit(ctx context.Context, outcome, whom string) error {
	find := func(s desk.State) *agency.VisitLine {
		if s.Visits != nil {
			if i := slices.IndexFunc(s.Visits.Lines, func(l agency.VisitLine) bool { return l.Name == whom }); i >= 0 {
				return &s.Visits.Lines[i]
			}
		}
		return nil
	}
	for begun := time.Now(); time.Since(begun) < patience; {
		for _, page := range []desk.PageName{desk.Today, desk.Visits} {
			if err := r.do(ctx, desk.Go{Page: page}, "the visits", func(s desk.State) bool { return s.Page == page }); err != nil {
				return err
			}
		}
		if r.within(ctx, 300*time.Millisecond, func(s desk.State) bool { return find(s) != nil }) {
			break
		}
	}
	line := find(r.state)
	if line == nil {
		return fmt.Errorf("the visit is not on the list")
	}
	id := line.ID
	if err := r.do(ctx, desk.VisitPick{ID: id}, "the visit picked", func(s desk.State) bool { return s.Visits != nil && s.Visits.Chosen == id }); err != nil {
		return err
	}
	return r.do(ctx, desk.VisitDone{Outcome: outcome}, "the visit noted", func(s desk.State) bool {
		line := find(s)
		return line != nil && line.Outcome == outcome
	})
}

package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/casefile"
)

// finish brings a case to its end, one step after the other as its log says.
func (r *robot) finish(ctx context.Context, number casefile.Number) error {
	for begun := time.Now(); time.Since(begun) < 3*newsPatience; {
		r.desk.Send(desk.PickCase{Number: number})
		err := r.until(ctx, "the case opened", func(s desk.State) bool {
			return s.Cases != nil && s.Cases.Busy == "" && s.Cases.Detail != nil && s.Cases.Detail.Number == number
		})
		if err != nil {
			return err
		}
		file := *r.state.Cases.Detail
		if file.State == casefile.StateClosed {
			return nil
		}
		step, do := r.next(file)
		if do == nil {
			r.within(ctx, 100*time.Millisecond, func(desk.State) bool { return false }) // somebody else's turn
			continue
		}
		if err := do(ctx, file); err != nil {
			return fmt.Errorf("%s while %s: %w", step, file.State, err)
		}
		say("%s %s", step, number)
	}
	return fmt.Errorf("it does not come to an end: %s", r.state.Cases.Detail.State)
}

type step func(ctx context.Context, file agency.CaseFile) error

// next is what is due; nil waits.
func (r *robot) next(file agency.CaseFile) (string, step) {
	had := func(kind casefile.EventKind) bool {
		return slices.ContainsFunc(file.Moments, func(m agency.Moment) bool { return m.Kind == kind })
	}
	held := func(step casefile.PaperStep) bool {
		return slices.ContainsFunc(file.Custody.Held, func(h agency.Held) bool { return h.Step == step })
	}
	switch {
	case len(file.Fees) == 0:
		return "fee", r.fee
	case len(file.Custody.Held) == 0:
		return "papers", r.papers
	case held(casefile.PaperReceived):
		return "sheet", r.sheet
	case file.State == casefile.StateCorrection && file.Notice != nil:
		return "correct", r.correct
	case file.State == casefile.StateDone:
		return "deliver", r.deliver
	case file.State == casefile.StateDelivered && file.Evaluations == 0 && !had(casefile.Unevaluated):
		return "evaluate", r.evaluate
	case file.State == casefile.StateDelivered && held(casefile.PaperHandedOn):
		return "return", r.giveBack
	case file.State == casefile.StateDelivered:
		return "close", r.closeCase
	case file.Waiting || file.State == casefile.StateQueued:
		return "wait", nil
	case !had(casefile.PlatformReturned):
		return "returned", r.department(`return --point "material=CHILDPAGE,text=页面看不清" --days 5`)
	case had(casefile.Corrected):
		return "decided", r.department(`finish --result 参保登记回执 --way pickup --bring 身份证`)
	}
	return "wait", nil
}

// department lets the department act; what it refuses it has done before we heard of it.
func (r *robot) department(line string) step {
	return func(ctx context.Context, file agency.CaseFile) error {
		if err := r.tell(ctx, fmt.Sprintf("department %s once %s", file.Number, line)); err != nil {
			say("the department: %v", err)
		}
		return r.changedWithin(ctx, newsPatience, file, func(now agency.CaseFile) bool { return now.State != file.State })
	}
}

// newsPatience is how long the platform's news may take: nothing hints at what a department does, and then
// the sender asks every 30 to 37 s.
const newsPatience = patience + 40*time.Second

// changed opens the case again and again until it is so.
func (r *robot) changed(ctx context.Context, file agency.CaseFile, so func(now agency.CaseFile) bool) error {
	return r.changedWithin(ctx, patience, file, so)
}

func (r *robot) changedWithin(ctx context.Context, limit time.Duration, file agency.CaseFile, so func(now agency.CaseFile) bool) error {
	holds := func(s desk.State) bool {
		return s.Cases != nil && s.Cases.Busy == "" && s.Overlay == nil && s.Cases.Detail != nil && s.Cases.Detail.Number == file.Number && so(*s.Cases.Detail)
	}
	for begun := time.Now(); time.Since(begun) < limit; {
		if r.within(ctx, 200*time.Millisecond, holds) {
			return nil
		}
		r.desk.Send(desk.PickCase{Number: file.Number})
	}
	s, busy := r.state, ""
	if s.Cases != nil {
		busy = s.Cases.Busy
	}
	return fmt.Errorf("it did not show: page %s, busy %q, overlay %v, notice %+v", s.Page, busy, s.Overlay != nil, s.Notice)
}

// act begins an action on the case.
func (r *robot) act(action desk.CaseAction) { r.desk.Send(desk.Act{Action: action}) }

func (r *robot) fee(ctx context.Context, file agency.CaseFile) error {
	r.act(desk.ActFee)
	if err := r.answer(ctx, "the fee", desk.Answer{Yes: true, Chosen: "0", Text: "400.00"}); err != nil {
		return err
	}
	return r.changed(ctx, file, func(now agency.CaseFile) bool { return len(now.Fees) > 0 })
}

func (r *robot) papers(ctx context.Context, file agency.CaseFile) error {
	return r.papersOf(ctx, file, "户口本、出生医学证明")
}

// papersOf takes originals in.
func (r *robot) papersOf(ctx context.Context, file agency.CaseFile, names string) error {
	r.act(desk.ActPapers)
	if err := r.answer(ctx, "papers", desk.Answer{Yes: true, Text: names}); err != nil {
		return err
	}
	return r.signed(ctx, file, func(now agency.CaseFile) bool { return len(now.Custody.Held) > len(file.Custody.Held) })
}

// signed answers that the form was signed, and waits until what it stands for is done.
func (r *robot) signed(ctx context.Context, file agency.CaseFile, so func(now agency.CaseFile) bool) error {
	if err := r.answer(ctx, "a signed form", desk.Answer{Yes: true}); err != nil {
		return err
	}
	return r.changed(ctx, file, so)
}

// sheet hands the case's originals on to the township.
func (r *robot) sheet(ctx context.Context, file agency.CaseFile) error {
	if err := r.do(ctx, desk.Go{Page: desk.Papers}, "the originals", func(s desk.State) bool { return s.Papers != nil }); err != nil {
		return err
	}
	for _, held := range file.Custody.Held {
		if held.Step != casefile.PaperReceived {
			continue
		}
		id := held.ID
		err := r.do(ctx, desk.PickPaper{ID: id, On: true}, "the original picked", func(s desk.State) bool {
			return s.Papers.Chosen[id] && slices.ContainsFunc(s.Papers.Lines, func(l agency.PaperLine) bool { return l.ID == id })
		})
		if err != nil {
			return err
		}
	}
	r.desk.Send(desk.IssueSheet{To: "柳林镇便民服务中心"})
	return r.signed(ctx, file, func(now agency.CaseFile) bool { return now.Custody.Held[0].Step == casefile.PaperHandedOn })
}

func (r *robot) correct(ctx context.Context, file agency.CaseFile) error {
	r.act(desk.ActCorrect)
	if err := r.until(ctx, "the correction", func(s desk.State) bool { return s.Correct != nil }); err != nil {
		return err
	}
	for i, p := range r.state.Correct.Points {
		if p.Answered {
			continue
		}
		var event desk.Event = desk.PointScan{Point: p.Point.ID}
		if p.Point.Field != "" {
			event = desk.PointField{Point: p.Point.ID, Text: "13900002046"} // a telephone
		}
		err := r.do(ctx, event, "a point answered", func(s desk.State) bool {
			return s.Correct != nil && s.Correct.Busy == "" && s.Correct.Points[i].Answered
		})
		if err != nil {
			return err
		}
	}
	err := r.do(ctx, desk.Resubmit{}, "the correction filed", func(s desk.State) bool { return s.Correct == nil })
	if err != nil {
		return err
	}
	return r.changed(ctx, file, func(now agency.CaseFile) bool { return now.State != casefile.StateCorrection })
}

// deliver hands the result to the principal, whose card is then known for the evaluation.
func (r *robot) deliver(ctx context.Context, file agency.CaseFile) error {
	if err := r.tell(ctx, "card place "+r.principal); err != nil {
		return err
	}
	r.act(desk.ActDeliver)
	if err := r.answer(ctx, "the result", desk.Answer{Yes: true, Chosen: "card"}); err != nil {
		return err
	}
	if err := r.changed(ctx, file, func(now agency.CaseFile) bool { return now.State == casefile.StateDelivered }); err != nil {
		return err
	}
	return r.tell(ctx, "card remove")
}

// evaluate turns the page to the person; after a new start nobody's card was read, and that is noted.
func (r *robot) evaluate(ctx context.Context, file agency.CaseFile) error {
	if !slices.Contains(r.state.Cases.Actions, desk.ActEvaluate) {
		return r.unrated(ctx, file)
	}
	r.act(desk.ActEvaluate)
	if err := r.until(ctx, "the evaluation", func(s desk.State) bool { return s.Evaluate != nil }); err != nil {
		return err
	}
	if err := r.do(ctx, desk.Rate{Level: 5}, "the level", func(s desk.State) bool { return s.Evaluate.Level == 5 }); err != nil {
		return err
	}
	if err := r.do(ctx, desk.RateDone{}, "thanks", func(s desk.State) bool { return s.Evaluate.Stored }); err != nil {
		return err
	}
	if err := r.do(ctx, desk.Back{}, "the case again", func(s desk.State) bool { return s.Cases != nil }); err != nil {
		return err
	}
	return r.changed(ctx, file, func(now agency.CaseFile) bool { return now.Evaluations > 0 })
}

// unrated notes that there is no evaluation: declined when the card was read, not offered otherwise.
func (r *robot) unrated(ctx context.Context, file agency.CaseFile) error {
	r.act(desk.ActNotEvaluated)
	if err := r.answer(ctx, "no evaluation", desk.Answer{Yes: true, Chosen: "no-card"}); err != nil {
		return err
	}
	return r.changed(ctx, file, func(now agency.CaseFile) bool {
		return slices.ContainsFunc(now.Moments, func(m agency.Moment) bool { return m.Kind == casefile.Unevaluated })
	})
}

func (r *robot) giveBack(ctx context.Context, file agency.CaseFile) error {
	r.act(desk.ActReturn)
	if err := r.answer(ctx, "giving back", desk.Answer{Yes: true}); err != nil {
		return err
	}
	return r.signed(ctx, file, func(now agency.CaseFile) bool {
		return !slices.ContainsFunc(now.Custody.Held, func(h agency.Held) bool { return h.Step != casefile.PaperReturned })
	})
}

func (r *robot) closeCase(ctx context.Context, file agency.CaseFile) error {
	r.act(desk.ActClose)
	if err := r.answer(ctx, "the end", desk.Answer{Yes: true}); err != nil {
		return err
	}
	return r.signed(ctx, file, func(now agency.CaseFile) bool { return now.State == casefile.StateClosed })
}

// closeDay counts the cash as the ledger says it and closes the day.
func (r *robot) closeDay(ctx context.Context) error {
	if err := r.do(ctx, desk.Go{Page: desk.Fees}, "the ledger", func(s desk.State) bool { return s.Fees != nil }); err != nil {
		return err
	}
	r.within(ctx, time.Second, func(s desk.State) bool { return s.Fees != nil && len(s.Fees.Days) > 0 })
	if !r.state.Fees.Open {
		return nil
	}
	sum := r.state.Fees.SumFen
	typed := fmt.Sprintf("%d.%02d", sum/100, sum%100)
	if err := r.do(ctx, desk.CountCash{Text: typed}, "the count", func(s desk.State) bool { return s.Fees.Counted == typed }); err != nil {
		return err
	}
	r.desk.Send(desk.CloseDay{})
	if err := r.answer(ctx, "closing", desk.Answer{Yes: true}); err != nil {
		return err
	}
	if err := r.answer(ctx, "the signed closing", desk.Answer{Yes: true}); err != nil {
		return err
	}
	err := r.until(ctx, "the day closed", func(s desk.State) bool { return s.Fees != nil && s.Fees.Closing != nil })
	if err == nil {
		say("closed %s %d", r.state.Fees.Date, r.state.Fees.Closing.LedgerFen)
	}
	return err
}

package rig

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/drivers/sim"
)

// CheckDesk waits until everything the desk made has arrived, writes
// platform.json, and compares the case of out's receipt with what was entered in the
// journey, and the platform's books with the rules. Beside form values Entered may
// hold "card" and "delegate" (cards of the bench), "pages", "papers", "fee" (fen), "day"
// (fen counted), "evaluation", and "corrected." with a field's name.
func (r *Rig) CheckDesk(ctx context.Context, out string) (Outcome, error) {
	code, err := r.ReadReceipt(filepath.Join(out, "receipt.png"))
	if err != nil {
		return Outcome{}, err
	}
	var played Played
	content, err := os.ReadFile(filepath.Join(out, "journey.json"))
	if err != nil {
		return Outcome{}, fmt.Errorf("read the journey's result: %w", err)
	}
	if err := json.Unmarshal(content, &played); err != nil {
		return Outcome{}, fmt.Errorf("read the journey's result: %w", err)
	}
	cases, err := r.settled(ctx)
	if err != nil {
		return Outcome{}, err
	}
	whole, _, err := r.Cases(ctx)
	if err != nil {
		return Outcome{}, err
	}
	if err := os.WriteFile(filepath.Join(out, "platform.json"), whole, 0o644); err != nil {
		return Outcome{}, fmt.Errorf("keep what the platform holds: %w", err)
	}
	arrived := find(cases, code.Case)
	if arrived == nil {
		return Outcome{}, fmt.Errorf("the platform has no case %s, whose receipt was printed", code.Case)
	}
	first, rest := split(played)
	if err := compare(*arrived, code, first); err != nil {
		return Outcome{}, fmt.Errorf("the platform's case %s is not what was entered: %w", code.Case, err)
	}
	set, err := catalogue.Load(assets.Catalogue())
	if err != nil {
		return Outcome{}, err
	}
	books, err := ReadBooks(cases, set)
	if err != nil {
		return Outcome{}, fmt.Errorf("the platform's books: %w", err)
	}
	if err := compareDesk(*arrived, books, rest); err != nil {
		return Outcome{}, fmt.Errorf("the platform's case %s is not what was entered: %w", code.Case, err)
	}
	return Outcome{Number: arrived.Case, Official: arrived.Official}, nil
}

// settled waits until nothing waits at the desk and the platform accepted all it has.
func (r *Rig) settled(ctx context.Context) ([]Case, error) {
	look := time.NewTicker(300 * time.Millisecond)
	defer look.Stop()
	for {
		waiting, err := r.waiting(ctx)
		if err != nil {
			return nil, err
		}
		_, cases, err := r.Cases(ctx)
		if err != nil {
			return nil, err
		}
		open := 0
		for _, c := range cases {
			if !c.Arrived() {
				open++
			}
		}
		if waiting == 0 && open == 0 && len(cases) > 0 {
			return cases, nil
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("%d packets did not leave the desk, %d cases are not accepted: %w", waiting, open, ctx.Err())
		}
	}
}

// deskOnly are names in Entered that only the desk's check knows.
var deskOnly = []string{"delegate", "papers", "fee", "day"}

// split parts what every journey enters from what only a desk does.
func split(played Played) (first Played, rest map[string]any) {
	first, rest = Played{Entered: map[string]any{}, Seen: played.Seen}, map[string]any{}
	for name, value := range played.Entered {
		if slices.Contains(deskOnly, name) || strings.HasPrefix(name, "corrected.") {
			rest[name] = value
			continue
		}
		first.Entered[name] = value
	}
	return first, rest
}

// compareDesk checks what only a desk does: delegation, fee, originals, correction, hand-over, closing.
func compareDesk(c Case, books Books, entered map[string]any) error {
	var wrong []error
	kinds := map[casefile.EventKind]casefile.Event{}
	for _, e := range c.Events {
		event, err := e.Opened()
		if err != nil {
			return fmt.Errorf("an event does not open: %w", err)
		}
		kinds[event.Kind] = event
	}
	var corrected map[string]any
	if event := kinds[casefile.Corrected]; event.Correction != nil && len(event.Correction.Values) > 0 {
		if err := json.Unmarshal(event.Correction.Values, &corrected); err != nil {
			return fmt.Errorf("the correction does not open: %w", err)
		}
	}
	for name, value := range entered {
		so := false
		switch name {
		case "delegate":
			card, err := sim.LoadCard(fmt.Sprint(value))
			d := kinds[casefile.Submitted].Submission.Delegation
			so = err == nil && d != nil && d.Delegate.Number == card.Number && d.Delegate.Name == card.Name && len(d.Pages) > 0
		case "fee":
			so = same(value, books.feesOf(c.Case))
		case "papers":
			so = same(value, len(books.Custody[c.Case].Held))
		case "day":
			so = len(books.Closings) == 1 && same(value, books.Closings[0].CountedFen)
		default:
			so = reflect.DeepEqual(corrected[strings.TrimPrefix(name, "corrected.")], value)
		}
		if !so {
			wrong = append(wrong, fmt.Errorf("%s differs", name))
		}
	}
	if len(entered) == 0 {
		wrong = append(wrong, errors.New("the journey did nothing that only a desk does"))
	}
	return errors.Join(wrong...)
}

// same compares a number of a JSON file with one of ours.
func same(value any, n any) bool { return fmt.Sprint(value) == fmt.Sprint(n) }

// feesOf is what a case's ledger entries come to, fen.
func (b Books) feesOf(number casefile.Number) (sum int64) {
	for _, e := range b.Entries {
		if e.Case == number {
			sum += e.Fen
		}
	}
	return sum
}

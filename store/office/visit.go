package office

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/store/terminal"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
)

// Visits are the appointments of a date ("" for all that are open), sorted by
// date and time: those of this account's cases, and those without a case in the villages it serves.
func (b *Book) Visits(ctx context.Context, date string) ([]agency.VisitLine, error) {
	d, err := b.reading(ctx)
	if err != nil {
		return nil, coded(err)
	}
	rows, err := d.store.Visits(ctx, b.account.ID, date)
	if err != nil {
		return nil, coded(err)
	}
	lines := make([]agency.VisitLine, 0, len(rows))
	for _, row := range rows {
		line, err := d.openVisit(row)
		if err != nil {
			return nil, coded(err)
		}
		if line.Case != "" || b.serves(line.Village) {
			lines = append(lines, line)
		}
	}
	slices.SortFunc(lines, func(a, b agency.VisitLine) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Time, b.Time), cmp.Compare(a.ID, b.ID))
	})
	return lines, nil
}

func (d desk) openVisit(row store.VisitRow) (agency.VisitLine, error) {
	content, err := seal.OpenWith(row.Sealed, d.private, "visit "+row.ID)
	if err != nil {
		return agency.VisitLine{}, fmt.Errorf("open an appointment: %w", err)
	}
	line := agency.VisitLine{Case: row.Case, Outcome: row.Outcome}
	if err := json.Unmarshal(content, &line.Appointment); err != nil {
		return agency.VisitLine{}, fmt.Errorf("read an appointment: %w", err)
	}
	return line, nil
}

// serves tells whether a village is the account's. Accounts name villages by
// division code; one that an appointment names in words is everybody's.
func (b *Book) serves(village string) bool {
	return len(b.account.Villages) == 0 || slices.Contains(b.account.Villages, village) || !isDivision(village)
}

func isDivision(code string) bool {
	const digits = 12
	_, err := strconv.ParseUint(code, 10, 64)
	return err == nil && len(code) == digits
}

// fewRatings are so few that a single one could be guessed.
const fewRatings = 10

// Evaluations counts what was given, declined and not offered on the dates from
// and to; levels come from the platform, of the whole point and from ten upward.
func (b *Book) Evaluations(ctx context.Context, from, to string) (agency.EvaluationCounts, error) {
	d, err := b.reading(ctx)
	if err != nil {
		return agency.EvaluationCounts{}, coded(err)
	}
	kinds, err := d.store.EvaluationKinds(ctx, b.account.ID, from, to)
	if err != nil {
		return agency.EvaluationCounts{}, coded(err)
	}
	counts := agency.EvaluationCounts{Given: kinds["given"], Declined: kinds["declined"], NotOffered: kinds["not-offered"]}
	told, err := enrol.LoadEvaluations(b.office.keysFolder())
	if err != nil {
		return counts, coded(err)
	}
	sum := 0
	for _, n := range told.Levels {
		sum += n
	}
	if sum < fewRatings {
		return counts, nil
	}
	counts.Levels = map[int]int{}
	for level, n := range told.Levels {
		if l, err := strconv.Atoi(level); err == nil {
			counts.Levels[l] = n
		}
	}
	return counts, nil
}

// Queue is what of this account is not delivered, the most urgent first: why, and when it is tried next.
func (b *Book) Queue(ctx context.Context) ([]agency.QueueLine, error) {
	d, err := b.reading(ctx)
	if err != nil {
		return nil, coded(err)
	}
	found, err := d.store.UndecidedOf(ctx, b.account.ID, mostQueued)
	if err != nil {
		return nil, coded(err)
	}
	var lines []agency.QueueLine
	for _, line := range terminal.LinesOf(ctx, d.store, b.office.Terminal.Link(), found) {
		full := agency.QueueLine{QueueLine: line}
		if line.State == casefile.LineRefused {
			if full.Reason, err = d.refusal(ctx, line); err != nil {
				return nil, coded(err)
			}
		}
		lines = append(lines, full)
	}
	return lines, nil
}

// mostQueued is how many lines anybody looks at.
const mostQueued = 500

// refusal is the platform's reason for refusing a packet, from the case's log.
func (d desk) refusal(ctx context.Context, row casefile.QueueLine) (string, error) {
	found, desk, err := d.store.DeskCase(ctx, row.Case)
	if err != nil {
		return "", err
	}
	key, err := d.caseKey(desk)
	if err != nil {
		return "", err
	}
	log, err := openLog(row.Case, found.Events, key)
	if err != nil {
		return "", err
	}
	why := ""
	for _, e := range log {
		if e.Kind == casefile.PlatformRefused && (e.Packet == row.Packet || e.Packet == "") {
			why = e.Reason
		}
	}
	return why, nil
}

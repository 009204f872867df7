package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"bianmin/core/casefile"
	"bianmin/sync/wire"
)

// order checks that the event can follow what is known of its record, and gives
// the record's standing after it. A nil status belongs to a record that is no case.
func (r *Registry) order(ctx context.Context, tx *sql.Tx, f Facts) (*casefile.Status, *refusal, error) {
	known, no, err := r.place(ctx, tx, f)
	if err != nil || no != nil {
		return nil, no, err
	}
	kind := casefile.EventKind(f.Kind)
	switch {
	case f.Opens && kind != casefile.Submitted:
		return nil, nil, nil
	case !f.Opens && known != casefile.Submitted:
		return nil, &refusal{wire.RefusedTransition, "这份记录不是办件，不能再添加内容"}, nil
	}
	status, err := fold(ctx, tx, f.Case)
	if err != nil {
		return nil, nil, err
	}
	if kind == casefile.Corrected {
		if no, err := answers(ctx, tx, f); err != nil || no != nil {
			return nil, no, err
		}
	}
	next, err := status.Apply(casefile.Entry{Kind: kind, At: r.now(), Times: f.Times})
	if errors.Is(err, casefile.ErrTransition) {
		return nil, &refusal{wire.RefusedTransition, impossible(kind, status)}, nil
	}
	return &next, nil, err
}

// place finds the event's place: its sequence is free, the one before is decided,
// and its record is open. It gives the kind of the event that opened it, "" for none.
func (r *Registry) place(ctx context.Context, tx *sql.Tx, f Facts) (casefile.EventKind, *refusal, error) {
	var (
		taken, before, refusedBefore, refusedOpening, opener int
		known                                                string
	)
	err := tx.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM events WHERE case_number = ?1 AND writer = ?2 AND sequence = ?3),
		(SELECT count(*) FROM events WHERE case_number = ?1 AND writer = ?2 AND sequence = ?3 - 1),
		(SELECT count(*) FROM packets WHERE case_number = ?1 AND writer = ?2 AND sequence = ?3 - 1 AND state = 'refused'),
		(SELECT count(*) FROM packets WHERE case_number = ?1 AND writer = ?4 AND sequence = 1 AND state = 'refused'),
		(SELECT count(*) FROM terminals WHERE number || generation = ?4),
		coalesce((SELECT kind FROM cases WHERE number = ?1), '')`,
		f.Case, f.Writer, f.Sequence, f.Opener).Scan(&taken, &before, &refusedBefore, &refusedOpening, &opener, &known)
	if err != nil {
		return "", nil, err
	}
	switch {
	case taken > 0:
		return "", &refusal{wire.RefusedSequence, "该办件的这一序号已有其他内容"}, nil
	case f.Sequence > 1 && before == 0 && refusedBefore == 0:
		return "", nil, ErrWaiting
	case f.Opens && known != "":
		return "", &refusal{wire.RefusedTransition, "该办件已经受理，不能再次提交"}, nil
	case f.Opens || known != "":
		return casefile.EventKind(known), nil, nil
	case opener == 0:
		return "", &refusal{wire.RefusedCase, "办件编号不属于任何终端"}, nil
	case refusedOpening > 0:
		return "", &refusal{wire.RefusedTransition, "该办件的申请未被受理"}, nil
	case f.Writer == f.Opener:
		return "", &refusal{wire.RefusedTransition, "没有找到该办件的申请"}, nil
	}
	// Another terminal opened it, and that event is still on its way.
	return "", nil, ErrWaiting
}

// answers checks that a correction answers the newest notice; one that names none does.
func answers(ctx context.Context, tx *sql.Tx, f Facts) (*refusal, error) {
	if f.Notice == "" {
		return nil, nil
	}
	var newest string
	err := tx.QueryRowContext(ctx, `SELECT event FROM log WHERE case_number = ? AND kind = ? ORDER BY position DESC LIMIT 1`,
		f.Case, casefile.PlatformReturned).Scan(&newest)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	if newest != f.Notice {
		return &refusal{wire.RefusedTransition, "所补正的不是最新一次补正告知"}, nil
	}
	return nil, nil
}

// fold reads a case's log.
func fold(ctx context.Context, tx *sql.Tx, number string) (casefile.Status, error) {
	rows, err := tx.QueryContext(ctx, `SELECT l.kind, l.at, l.times, l.points, c.official FROM log l JOIN cases c ON c.number = l.case_number
		WHERE l.case_number = ? ORDER BY l.position`, number)
	if err != nil {
		return casefile.Status{}, err
	}
	defer rows.Close()
	var entries []casefile.Entry
	for rows.Next() {
		var (
			e  casefile.Entry
			at int64
		)
		if err := rows.Scan(&e.Kind, &at, &e.Times, &e.Points, &e.Official); err != nil {
			return casefile.Status{}, err
		}
		e.At = fromMillis(at)
		entries = append(entries, e)
	}
	if err := rows.Err(); err != nil {
		return casefile.Status{}, err
	}
	status, err := casefile.Fold(entries)
	if err != nil {
		return casefile.Status{}, fmt.Errorf("the log of a case contradicts itself: %w", err)
	}
	return status, nil
}

func logged(ctx context.Context, tx *sql.Tx, number, event string, e casefile.Entry) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO log (case_number, event, kind, at, times, points) VALUES (?,?,?,?,?,?)`,
		number, event, e.Kind, millis(e.At), e.Times, e.Points)
	return err
}

var kindNames = map[casefile.EventKind]string{
	casefile.Corrected: "补正", casefile.Confirmed: "核验原件", casefile.Withdrawn: "撤回", casefile.Suspended: "中止", casefile.Resumed: "续办",
	casefile.Ended: "终止", casefile.Closed: "办结", casefile.Urged: "催办", casefile.Papers: "收退原件", casefile.FeeTaken: "收费",
	casefile.Delivered: "出件", casefile.Visited: "登记上门", casefile.Evaluated: "评价", casefile.Unevaluated: "登记未评价",
}

var stateNames = map[string]string{
	casefile.StateAccepted: "已受理", casefile.StateProcessing: "办理中", casefile.StateCorrection: "待补正", casefile.StateSuspended: "已中止",
	casefile.StateDone: "已办成", casefile.StateRejected: "不予办理", casefile.StateDelivered: "已出件", casefile.StateWithdrawn: "已撤回",
	casefile.StateEnded: "已终止", casefile.StateClosed: "已办结",
}

// impossible says for people why an event cannot follow.
func impossible(kind casefile.EventKind, status casefile.Status) string {
	name := kindNames[kind]
	switch {
	case name == "":
		return "该类内容不能由终端提交"
	case kind == casefile.Evaluated:
		return "该办件的这一次评价已经收到"
	}
	return fmt.Sprintf("该办件%s，不能%s", stateNames[status.State], name)
}

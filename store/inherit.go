package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Inheritance is what a successor takes over.
type Inheritance struct {
	Database   string // path of the predecessor's database, migrated by an Open of its own
	Terminal   string // number and generation of the predecessor, for the audit trail
	Backup     string // id of the backup
	Head       string // where the predecessor's audit trail ended
	Generation string // the successor's own
}

// Inherited counts what was new here.
type Inherited struct {
	Cases, Packets, Drafts int
	Waiting                int      // of Packets: still to be sent
	Aside                  []string // accounts that were at work here already with keys of their own: their books stay in the backup
}

// ErrOwnStore says that a store cannot inherit from itself or from a newer generation.
var ErrOwnStore = errors.New("this is the machine's own data")

// Inherit takes everything of a predecessor's database into this one, in one
// durable transaction: what is here already stays as it is, so that taking the
// same again changes nothing, and a later copy adds what came since. Packets
// keep their bytes. The platform is asked for its updates from the beginning
// again, because those of these cases may have come while they were not here.
func (s *Store) Inherit(ctx context.Context, from Inheritance) (Inherited, error) {
	var got Inherited
	s.writing.Lock()
	defer s.writing.Unlock()
	ctx = context.WithoutCancel(ctx)
	connection, err := s.writer.Conn(ctx)
	if err != nil {
		return got, classify(fmt.Errorf("inherit: %w", err))
	}
	defer func() { _ = connection.Close() }() // back to the pool
	if _, err := connection.ExecContext(ctx, "ATTACH DATABASE ? AS old", from.Database); err != nil {
		return got, classify(fmt.Errorf("inherit: %w", err))
	}
	tx, err := connection.BeginTx(ctx, nil)
	if err == nil {
		if err = s.inherit(ctx, tx, from, &got); err != nil {
			err = errors.Join(err, tx.Rollback())
		} else {
			s.point(PointInheritBefore)
			err = tx.Commit()
		}
	}
	_, detaching := connection.ExecContext(ctx, "DETACH DATABASE old")
	if err = errors.Join(err, detaching); err != nil {
		return Inherited{}, classify(fmt.Errorf("inherit: %w", err))
	}
	s.point(PointInheritAfter)
	return got, nil
}

func (s *Store) inherit(ctx context.Context, tx *sql.Tx, from Inheritance, got *Inherited) error {
	if err := fits(ctx, tx, from); err != nil {
		return err
	}
	var err error
	if got.Aside, err = aside(ctx, tx); err != nil {
		return err
	}
	for _, step := range inheritance {
		result, err := tx.ExecContext(ctx, step.statement)
		if err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		step.count(got, int(n))
	}
	if err := inheritLedger(ctx, tx); err != nil {
		return err
	}
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM outbox WHERE state = 0 AND packet IN (SELECT packet FROM old.outbox)`).Scan(&got.Waiting); err != nil {
		return err
	}
	clock, err := s.clockIn(tx, s.write)
	if err != nil {
		return err
	}
	detail := fmt.Sprintf("backup %s: %d cases, %d packets, %d drafts; its audit trail ended at %s", from.Backup, got.Cases, got.Packets, got.Drafts, from.Head)
	return s.audit(tx, s.write, clock, Entry{Actor: "terminal", Action: "inherited", Subject: from.Terminal, Detail: detail})
}

// fits wants the predecessor's database to have this program's shape, and to be another generation's.
func fits(ctx context.Context, tx *sql.Tx, from Inheritance) error {
	var mine, theirs int
	var last string
	for schema, to := range map[string]*int{"main": &mine, "old": &theirs} {
		if err := tx.QueryRowContext(ctx, "PRAGMA "+schema+".user_version").Scan(to); err != nil {
			return fmt.Errorf("compare versions: %w", err)
		}
	}
	if mine != theirs {
		return fmt.Errorf("the copy has version %d, this program %d", theirs, mine)
	}
	if err := tx.QueryRowContext(ctx, "SELECT coalesce((SELECT value FROM old.meta WHERE key = 'generation'), '')").Scan(&last); err != nil {
		return fmt.Errorf("read the copy's generation: %w", err)
	}
	if last >= from.Generation {
		return ErrOwnStore
	}
	return nil
}

// aside lists the accounts whose books cannot come along, because the account
// has keys and content of its own here, and lets those go that have keys only.
func aside(ctx context.Context, tx *sql.Tx) ([]string, error) {
	const clash = `SELECT m.account FROM agent_keys m JOIN old.agent_keys o ON o.account = m.account WHERE o.public <> m.public`
	_, err := tx.ExecContext(ctx, `DELETE FROM agent_keys WHERE account IN (`+clash+`)
		AND NOT EXISTS (SELECT 1 FROM desk_cases d WHERE d.account = agent_keys.account) AND NOT EXISTS (SELECT 1 FROM drafts d WHERE d.account = agent_keys.account)
		AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.account = agent_keys.account) AND NOT EXISTS (SELECT 1 FROM closings c WHERE c.account = agent_keys.account)`)
	if err != nil {
		return nil, fmt.Errorf("make room for accounts: %w", err)
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM visits WHERE account NOT IN (SELECT account FROM agent_keys)"); err != nil {
		return nil, fmt.Errorf("make room for accounts: %w", err)
	}
	rows, err := tx.QueryContext(ctx, clash+" ORDER BY 1")
	if err != nil {
		return nil, fmt.Errorf("compare accounts: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var accounts []string
	for rows.Next() {
		var account string
		if err := rows.Scan(&account); err != nil {
			return nil, fmt.Errorf("compare accounts: %w", err)
		}
		accounts = append(accounts, account)
	}
	return accounts, rows.Err()
}

// ours limits rows of the predecessor to accounts whose keys are the same here.
const ours = ` WHERE o.account IN (SELECT m.account FROM agent_keys m JOIN old.agent_keys k ON k.account = m.account AND k.public = m.public)`

// inheritance are the statements in order. Rows go by their own ids; nothing that is here is changed, but a case that only the predecessor went on with.
var inheritance = []struct {
	what, statement string
	count           func(*Inherited, int)
}{
	{"accounts' keys", `INSERT OR IGNORE INTO agent_keys SELECT * FROM old.agent_keys`, nobody},
	{"cases that went on", `UPDATE cases SET generation = o.generation, sequence = o.sequence, state = o.state, evaluations = o.evaluations,
		last_platform_event = o.last_platform_event, official = o.official, accepted_ms = o.accepted_ms, points = o.points, before = o.before
		FROM old.cases o WHERE o.number = cases.number
		AND NOT EXISTS (SELECT 1 FROM events e WHERE e.case_number = cases.number AND e.id NOT IN (SELECT id FROM old.events))
		AND (SELECT count(*) FROM events e WHERE e.case_number = cases.number) < (SELECT count(*) FROM old.events e WHERE e.case_number = o.number)`, nobody},
	{"cases", `INSERT OR IGNORE INTO cases (number, tag, generation, public, by_card, by_recovery, summary, state, filed_ms, sequence, evaluations,
		last_platform_event, official, days, accepted_ms, points, before)
		SELECT number, tag, generation, public, by_card, by_recovery, summary, state, filed_ms, sequence, evaluations,
		last_platform_event, official, days, accepted_ms, points, before FROM old.cases`, func(g *Inherited, n int) { g.Cases = n }},
	{"events", `INSERT INTO events (case_number, position, id, kind, sequence, at_ms, digest, detail)
		SELECT o.case_number, (SELECT coalesce(max(e.position), 0) FROM events e WHERE e.case_number = o.case_number)
			+ row_number() OVER (PARTITION BY o.case_number ORDER BY o.position), o.id, o.kind, o.sequence, o.at_ms, o.digest, o.detail
		FROM old.events o WHERE o.id NOT IN (SELECT id FROM events)`, nobody},
	{"packets", `INSERT OR IGNORE INTO packets SELECT * FROM old.packets WHERE id NOT IN (SELECT packet FROM outbox)`, nobody},
	{"attachments", `INSERT OR IGNORE INTO attachments SELECT * FROM old.attachments WHERE packet NOT IN (SELECT packet FROM outbox)`, nobody},
	{"answers", `INSERT OR IGNORE INTO answers SELECT * FROM old.answers`, nobody},
	{"the queue", `INSERT INTO outbox (packet, case_number, generation, sequence, kind, state, priority, registered, attempts, next_ms, why, head_length, total, committed_ms, done_ms, successor)
		SELECT packet, case_number, generation, sequence, kind, state, priority, registered, attempts, 0, why, head_length, total, committed_ms, done_ms, successor
		FROM old.outbox WHERE packet NOT IN (SELECT packet FROM outbox) ORDER BY id`, func(g *Inherited, n int) { g.Packets = n }},
	{"numbers", `INSERT INTO numbers SELECT * FROM old.numbers WHERE true
		ON CONFLICT (terminal, generation, date) DO UPDATE SET last = max(last, excluded.last)`, nobody},
	{"the last number", `INSERT INTO numbers SELECT number_terminal, number_generation, number_date, number_last FROM old.mark WHERE number_last > 0
		ON CONFLICT (terminal, generation, date) DO UPDATE SET last = max(last, excluded.last)`, nobody},
	{"receipts", `INSERT INTO receipts SELECT * FROM old.receipts WHERE true
		ON CONFLICT (terminal, generation) DO UPDATE SET last = max(last, excluded.last)`, nobody},
	{"the desk's list", `INSERT OR IGNORE INTO desk_cases (number, record, account, by_agent, line, handed)
		SELECT number, record, account, by_agent, line, handed FROM old.desk_cases o` + ours, nobody},
	{"departments", `INSERT OR IGNORE INTO branches SELECT * FROM old.branches`, nobody},
	{"drafts", `INSERT OR IGNORE INTO drafts SELECT * FROM old.drafts o` + ours, func(g *Inherited, n int) { g.Drafts = n }},
	{"pages of drafts", `INSERT OR IGNORE INTO draft_pages SELECT * FROM old.draft_pages o` + ours, nobody},
	{"papers in custody", `INSERT OR IGNORE INTO custody SELECT * FROM old.custody o` + ours, nobody},
	{"appointments", `INSERT OR IGNORE INTO visits SELECT * FROM old.visits o` + ours, nobody},
	{"ratings", `INSERT OR IGNORE INTO ratings SELECT * FROM old.ratings o` + ours, nobody},
	{"updates that came too early", `DELETE FROM updates WHERE id NOT IN (SELECT id FROM events)`, nobody},
	{"updates", `INSERT OR IGNORE INTO updates SELECT * FROM old.updates WHERE id IN (SELECT id FROM events)`, nobody},
	{"counts not told yet", `INSERT OR IGNORE INTO usage SELECT * FROM old.usage WHERE told = 0`, nobody}, // of a day that both counted, ours stay
	{"the cursor", `DELETE FROM meta WHERE key IN ('cursor', 'aside')`, nobody},
}

func nobody(*Inherited, int) {}

// inheritLedger takes the ledger and its closings. Entries of a day that was
// closed there are let in, by setting the trigger aside that would refuse them as new ones.
func inheritLedger(ctx context.Context, tx *sql.Tx) error {
	var guard string
	if err := tx.QueryRowContext(ctx, "SELECT sql FROM sqlite_schema WHERE name = 'ledger_closed'").Scan(&guard); err != nil {
		return fmt.Errorf("the ledger: %w", err)
	}
	for _, statement := range []string{
		"DROP TRIGGER ledger_closed",
		"INSERT OR IGNORE INTO ledger SELECT * FROM old.ledger o" + ours,
		"INSERT OR IGNORE INTO closings SELECT * FROM old.closings o" + ours,
		guard,
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("the ledger: %w", err)
		}
	}
	return nil
}

package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"bianmin/sync/wire"
)

// Agent is an account of a desk as the platform keeps it.
type Agent struct {
	wire.Agent
	Terminal string // a terminal number of its point
	Barred   bool
}

// ErrAgent says that no account has this number.
var ErrAgent = errors.New("no such account")

// AddAgent keeps a new account.
func (r *Registry) AddAgent(ctx context.Context, a Agent) error {
	if a.Villages == nil {
		a.Villages = []string{}
	}
	villages, err := json.Marshal(a.Villages)
	if err != nil {
		return fmt.Errorf("keep an account: %w", err)
	}
	_, err = r.db.ExecContext(ctx, `INSERT INTO agents
		(id, name, role, terminal, villages, absence, can_confirm, salt, hash, time, memory, threads, made) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		a.ID, a.Name, a.Role, a.Terminal, string(villages), a.AbsenceHours, a.CanConfirm, a.Salt, a.Hash, a.Time, a.Memory, a.Threads, millis(r.now()))
	if err != nil {
		return fmt.Errorf("keep an account: %w", err)
	}
	return nil
}

// RenewAgent replaces the verifier of an account's activation code; ErrAgent when there is none, or it is barred.
func (r *Registry) RenewAgent(ctx context.Context, a wire.Agent) error {
	result, err := r.db.ExecContext(ctx, `UPDATE agents SET salt = ?, hash = ?, time = ?, memory = ?, threads = ? WHERE id = ? AND barred IS NULL`,
		a.Salt, a.Hash, a.Time, a.Memory, a.Threads, a.ID)
	if err != nil {
		return fmt.Errorf("renew an account's code: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(ErrAgent, err)
	}
	return nil
}

// BarAgent takes an account out of what terminals are told; ErrAgent when there is none.
func (r *Registry) BarAgent(ctx context.Context, id string) error {
	result, err := r.db.ExecContext(ctx, `UPDATE agents SET barred = coalesce(barred, ?) WHERE id = ?`, millis(r.now()), id)
	if err != nil {
		return fmt.Errorf("bar an account: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(ErrAgent, err)
	}
	return nil
}

// Agents lists all accounts, barred ones too.
func (r *Registry) Agents(ctx context.Context) ([]Agent, error) {
	return r.agents(ctx, ``)
}

// AgentsAt lists the accounts that may work at a terminal's point, never nil: a
// point is all terminals of one name in one division.
func (r *Registry) AgentsAt(ctx context.Context, number, region, point string) ([]wire.Agent, error) {
	found, err := r.agents(ctx, `WHERE barred IS NULL AND (terminal = ? OR terminal IN (SELECT number FROM terminals WHERE region = ? AND point = ?))`,
		number, region, point)
	all := []wire.Agent{}
	for _, a := range found {
		all = append(all, a.Agent)
	}
	return all, err
}

// AgentOf gives an account of the point a terminal belongs to, barred or not:
// what was done before the terminal heard of it counts. ErrAgent when there is none.
func (r *Registry) AgentOf(ctx context.Context, id, terminal string) (wire.Agent, error) {
	found, err := r.agents(ctx, `WHERE id = ?1 AND (terminal = ?2 OR EXISTS (SELECT 1 FROM terminals t JOIN terminals n ON n.region = t.region AND n.point = t.point
		WHERE t.number = agents.terminal AND n.number = ?2))`, id, terminal)
	if err != nil {
		return wire.Agent{}, err
	}
	if len(found) == 0 {
		return wire.Agent{}, ErrAgent
	}
	return found[0].Agent, nil
}

func (r *Registry) agents(ctx context.Context, where string, args ...any) ([]Agent, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT id, name, role, terminal, villages, absence, can_confirm, salt, hash, time, memory, threads, barred IS NOT NULL
		FROM agents `+where+` ORDER BY id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	defer rows.Close()
	var all []Agent
	for rows.Next() {
		var (
			a        Agent
			villages []byte
		)
		if err := rows.Scan(&a.ID, &a.Name, &a.Role, &a.Terminal, &villages, &a.AbsenceHours, &a.CanConfirm,
			&a.Salt, &a.Hash, &a.Time, &a.Memory, &a.Threads, &a.Barred); err != nil {
			return nil, fmt.Errorf("list accounts: %w", err)
		}
		if err := json.Unmarshal(villages, &a.Villages); err != nil {
			return nil, fmt.Errorf("list accounts: %w", err)
		}
		all = append(all, a)
	}
	return all, rows.Err()
}

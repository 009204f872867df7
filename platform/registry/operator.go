package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Operator is somebody who may look at the fleet page, with the argon2id verifier of the password.
type Operator struct {
	Name       string
	Salt, Hash []byte
	Time       uint32
	Memory     uint32 // KiB
	Threads    uint8
	Barred     bool
}

// Errors of operators' accounts.
var (
	ErrOperator      = errors.New("no such operator")
	ErrOperatorTaken = errors.New("there is an operator of this name already")
)

// AddOperator keeps a new account; ErrOperatorTaken when the name is in use.
func (r *Registry) AddOperator(ctx context.Context, o Operator) error {
	result, err := r.db.ExecContext(ctx, `INSERT OR IGNORE INTO operators (name, salt, hash, time, memory, threads, made) VALUES (?,?,?,?,?,?,?)`,
		o.Name, o.Salt, o.Hash, o.Time, o.Memory, o.Threads, millis(r.now()))
	if err != nil {
		return fmt.Errorf("keep an operator: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(ErrOperatorTaken, err)
	}
	return nil
}

// SetOperator gives an account a new password; ErrOperator when there is none of the name.
func (r *Registry) SetOperator(ctx context.Context, o Operator) error {
	return r.changeOperator(ctx, `UPDATE operators SET salt = ?, hash = ?, time = ?, memory = ?, threads = ? WHERE name = ?`,
		o.Salt, o.Hash, o.Time, o.Memory, o.Threads, o.Name)
}

// BarOperator ends (or allows again) an account.
func (r *Registry) BarOperator(ctx context.Context, name string, barred bool) error {
	return r.changeOperator(ctx, `UPDATE operators SET barred = ? WHERE name = ?`, barred, name)
}

func (r *Registry) changeOperator(ctx context.Context, query string, args ...any) error {
	result, err := r.db.ExecContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("change an operator: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(ErrOperator, err)
	}
	return nil
}

const operatorColumns = `SELECT name, salt, hash, time, memory, threads, barred FROM operators`

// Operator gives an account, barred or not; ErrOperator when there is none of the name.
func (r *Registry) Operator(ctx context.Context, name string) (Operator, error) {
	o, err := scanOperator(r.db.QueryRowContext(ctx, operatorColumns+` WHERE name = ?`, name))
	if errors.Is(err, sql.ErrNoRows) {
		return Operator{}, ErrOperator
	}
	return o, err
}

// Operators lists all accounts by name.
func (r *Registry) Operators(ctx context.Context) ([]Operator, error) {
	rows, err := r.db.QueryContext(ctx, operatorColumns+` ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("list operators: %w", err)
	}
	defer rows.Close()
	var all []Operator
	for rows.Next() {
		o, err := scanOperator(rows)
		if err != nil {
			return nil, fmt.Errorf("list operators: %w", err)
		}
		all = append(all, o)
	}
	return all, rows.Err()
}

func scanOperator(row interface{ Scan(...any) error }) (o Operator, err error) {
	err = row.Scan(&o.Name, &o.Salt, &o.Hash, &o.Time, &o.Memory, &o.Threads, &o.Barred)
	return o, err
}

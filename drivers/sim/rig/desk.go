package rig

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// The smallest screen a desk must work on, px.
const (
	DeskWidth  = 1366
	DeskHeight = 768
)

// Accounts are the people at the desk, as the platform issued them.
type Accounts struct{ Agent, Lead, Trainee Account }

// Account is one person's account with its one-time activation code.
type Account struct{ ID, Name, Role, Code string }

func (r *Rig) newAccounts(ctx context.Context) (made Accounts, err error) {
	for _, a := range []struct {
		into  *Account
		flags []string
	}{
		{&made.Agent, []string{"--name", "李会计", "--role", "agent"}},
		{&made.Lead, []string{"--name", "孙主任", "--role", "lead", "--can-confirm"}},
		{&made.Trainee, []string{"--name", "小何", "--role", "trainee"}},
	} {
		args := append([]string{"agent", "new", "--data", r.PlatformData(), "--terminal", r.Number()}, a.flags...)
		if err := r.platformJSON(ctx, a.into, args...); err != nil {
			return made, err
		}
	}
	return made, nil
}

// StartAgent starts the desk with its window on the display of env.
func (r *Rig) StartAgent(env []string, args ...string) (*Program, error) {
	return r.options.launch("agent", append(r.Env(), env...), append([]string{"-config", r.Config()}, args...)...)
}

// KeepDocuments copies everything the A4 printer printed into out, under its file names.
func (r *Rig) KeepDocuments(out string) ([]string, error) {
	printed, err := r.Stand.Documents()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, fmt.Errorf("keep the documents: %w", err)
	}
	kept := make([]string, 0, len(printed))
	for _, path := range printed {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("keep the documents: %w", err)
		}
		name := filepath.Join(out, filepath.Base(path))
		if err := os.WriteFile(name, content, 0o644); err != nil {
			return nil, fmt.Errorf("keep the documents: %w", err)
		}
		kept = append(kept, name)
	}
	return kept, nil
}

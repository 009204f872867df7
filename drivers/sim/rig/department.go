package rig

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"bianmin/core/casefile"
)

// Department does "platform act" with the words of a line: on the case the line
// names first, or on the newest case at the platform when it begins with the
// act. "wait" waits until the newest case has arrived. "once" behind the number refuses an act of a kind that was done
// before: who asks may have been killed before it heard of it. It answers the case's number.
func (r *Rig) Department(ctx context.Context, line string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	words := quoted(line)
	if len(words) == 0 {
		return "", errors.New("say what the department does: accept, progress, return, finish, reject, appoint or wait")
	}
	if _, err := casefile.ParseNumber(words[0]); err == nil {
		number := casefile.Number(words[0])
		if len(words) > 2 && words[1] == "once" {
			return words[0], r.acts.once(words[0]+" "+words[2], func() error { return r.Act(ctx, number, words[2:]...) })
		}
		return words[0], r.Act(ctx, number, words[1:]...)
	}
	if words[0] == "appoint" {
		return "", r.Act(ctx, "", words...)
	}
	newest, err := r.newest(ctx)
	if err != nil || words[0] == "wait" {
		return string(newest), err
	}
	return string(newest), r.Act(ctx, newest, words...)
}

// acts are those that are done once.
type acts struct {
	mu   sync.Mutex
	done map[string]bool
}

func (a *acts) once(what string, do func() error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.done[what] {
		return errors.New("the department did that before")
	}
	err := do()
	if err == nil {
		if a.done == nil {
			a.done = map[string]bool{}
		}
		a.done[what] = true
	}
	return err
}

// Act lets the department do something: the words of "platform act". An empty number is an appointment of the desk's point.
func (r *Rig) Act(ctx context.Context, number casefile.Number, words ...string) error {
	args := []string{"act"}
	if number != "" {
		args = append(args, string(number))
	}
	args = append(append(args, words...), "--data", r.PlatformData(), "--behind", r.behind.String())
	if number == "" {
		args = append(args, "--terminal", r.Number())
	}
	_, err := r.Run(ctx, "platform", args...)
	return err
}

// newest waits until the case that was opened last has arrived whole and nothing waits at the terminal.
func (r *Rig) newest(ctx context.Context) (casefile.Number, error) {
	look := time.NewTicker(200 * time.Millisecond)
	defer look.Stop()
	for {
		_, cases, err := r.Cases(ctx)
		if err != nil {
			return "", err
		}
		var last *Case
		for i := range cases {
			if len(cases[i].Events) > 0 && cases[i].Events[0].Kind == string(casefile.Submitted) {
				last = &cases[i] // they come in the order of their numbers
			}
		}
		waiting, err := r.waiting(ctx) // what the desk just filed comes before the department's act
		if err != nil {
			return "", err
		}
		if last != nil && last.Arrived() && waiting == 0 {
			return last.Case, nil
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return "", fmt.Errorf("no case has arrived at the platform: %w", ctx.Err())
		}
	}
}

// quoted splits a line into words; what stands in double quotes is one.
func quoted(line string) []string {
	var words []string
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			words = append(words, part)
			continue
		}
		words = append(words, strings.Fields(part)...)
	}
	return words
}

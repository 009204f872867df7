package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"bianmin/drivers/sim/badlink"
	"bianmin/store"
)

const (
	port = "8443"
	look = 50 * time.Millisecond
)

func measure(ctx context.Context, p programs, r row) (o outcome, err error) {
	dir, err := os.MkdirTemp(p.work, "row")
	if err != nil {
		return o, err
	}
	link, err := badlink.Open(ctx)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, link.Close()) }()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if r.by == ours {
		return measureOurs(ctx, p, r, link, dir)
	}
	return measureOther(ctx, p, r, link, dir)
}

// measureOurs lets the platform stand at one end, the terminal file its case and the sender send it.
func measureOurs(ctx context.Context, p programs, r row, link *badlink.Link, dir string) (outcome, error) {
	data, platform := filepath.Join(dir, "terminal"), filepath.Join(dir, "platform")
	end, err := run(ctx, link, badlink.Server, p.path("platform"), "-listen", net.JoinHostPort(badlink.Server, port), "-host", badlink.Server, "-data", platform)
	if err != nil {
		return outcome{}, err
	}
	defer end()
	ticket, err := enrolment(ctx, p, platform)
	if err != nil {
		return outcome{}, err
	}
	sizes := strings.Trim(strings.Join(strings.Fields(fmt.Sprint(r.pages)), ","), "[]")
	self, err := os.Executable()
	if err != nil {
		return outcome{}, err
	}
	if err := wait(ctx, link, badlink.Client, self, "-prepare", ticket, "-data", data, "-pages", sizes); err != nil {
		return outcome{}, fmt.Errorf("file a case: %w", err)
	}
	queue, err := store.OpenToRead(ctx, data)
	if err != nil {
		return outcome{}, err
	}
	defer func() { _ = queue.Close() }() // only read
	link.Set(ctx, r.line)
	end, err = run(ctx, link, badlink.Client, p.path("sender"), "-data", data, "-log", "debug")
	if err != nil {
		return outcome{}, err
	}
	defer end()
	finished, err := until(ctx, r.limit(), func() (bool, error) {
		counts, err := queue.Counts(ctx)
		return err == nil && counts.Waiting == 0 && counts.Refused == 0, err
	})
	return r.outcome(link.Count(), finished), err
}

// enrolment asks the platform for a code; it is made the moment the platform has its authority.
func enrolment(ctx context.Context, p programs, platform string) (string, error) {
	var made struct{ Enrolment string }
	ready, err := until(ctx, time.Minute, func() (bool, error) {
		_, err := os.Stat(filepath.Join(platform, "authority", "server.pem"))
		return err == nil, nil
	})
	if err != nil || !ready {
		return "", errors.Join(errors.New("the platform did not start"), err)
	}
	out, err := exec.CommandContext(ctx, p.path("platform"), "enrol", "new", "--url", "https://"+net.JoinHostPort(badlink.Server, port), // #nosec G204 -- our own program
		"--terminal", "QH0301", "--point", "柳树沟村便民服务点", "--region", "990301001201", "--data", platform).Output()
	if err != nil {
		return "", fmt.Errorf("make an enrolment code: %w", err)
	}
	return made.Enrolment, json.Unmarshal(out, &made)
}

// measureOther lets the same bytes go by a program of the peers.
func measureOther(ctx context.Context, p programs, r row, link *badlink.Link, dir string) (outcome, error) {
	file := filepath.Join(dir, "page")
	if err := os.WriteFile(file, page(int(r.payload())), 0o600); err != nil {
		return outcome{}, err
	}
	address := net.JoinHostPort(badlink.Server, port)
	end, err := run(ctx, link, badlink.Server, p.path("peers"), "serve", address, filepath.Join(dir, "held"))
	if err != nil {
		return outcome{}, err
	}
	defer end()
	if err := wait(ctx, link, badlink.Client, p.path("peers"), "ready", address, file); err != nil {
		return outcome{}, err
	}
	link.Set(ctx, r.line)
	limited, cancel := context.WithTimeout(ctx, r.limit())
	defer cancel()
	err = wait(limited, link, badlink.Client, p.path("peers"), r.by, address, file)
	if limited.Err() != nil && ctx.Err() == nil {
		return r.outcome(link.Count(), false), nil
	}
	return r.outcome(link.Count(), err == nil), err
}

// run starts a program at an end; end ends it and waits.
func run(ctx context.Context, link *badlink.Link, at, program string, args ...string) (end func(), err error) {
	cmd := exec.CommandContext(ctx, program, args...) // #nosec G204 -- our own programs
	cmd.Env = append(os.Environ(), "GOMAXPROCS=2")
	if os.Getenv("BENCH_LINK_LOG") != "" {
		cmd.Stderr = os.Stderr
	}
	if err := link.Start(at, cmd); err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(program), err)
	}
	return func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		_ = cmd.Wait()                          // how it ended is of no interest
	}, nil
}

// wait runs a program at an end to its own end.
func wait(ctx context.Context, link *badlink.Link, at, program string, args ...string) error {
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...) // #nosec G204 -- our own programs
	cmd.Stderr = &said
	if err := link.Start(at, cmd); err != nil {
		return fmt.Errorf("start %s: %w", filepath.Base(program), err)
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(program), err, strings.TrimSpace(said.String()))
	}
	return nil
}

// until looks again and again; false when the time is over first.
func until(ctx context.Context, limit time.Duration, done func() (bool, error)) (bool, error) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	over := time.NewTimer(limit)
	defer over.Stop()
	for {
		if is, err := done(); is || err != nil {
			return is, err
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-over.C:
			return false, nil
		case <-tick.C:
		}
	}
}

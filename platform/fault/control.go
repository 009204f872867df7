package fault

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
)

// Control answers one text line per command with one line, "ok …" or "error …":
//
//	faults load FILE | faults add YAML | faults clear | state
//
// "faults add" takes a rule in YAML's one-line form: {action: "500", times: 3}.
type Control struct {
	Injector *Injector
	// State gives what "state" answers with, besides the number of hits; nil for nothing.
	State func(ctx context.Context) (string, error)
}

// Serve answers on a unix socket until ctx ends; it waits for open connections to end.
func (c Control) Serve(ctx context.Context, socket string) error {
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("open the control socket: %w", err)
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "unix", socket)
	if err != nil {
		return fmt.Errorf("open the control socket: %w", err)
	}
	var open sync.WaitGroup
	defer open.Wait()
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer stop()
	for {
		connection, err := listener.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("control socket: %w", err)
		}
		open.Go(func() { c.talk(ctx, connection) })
	}
}

func (c Control) talk(ctx context.Context, connection net.Conn) {
	stop := context.AfterFunc(ctx, func() { _ = connection.Close() })
	defer stop()
	defer connection.Close()
	lines := bufio.NewScanner(connection)
	for lines.Scan() {
		answer, err := c.command(ctx, lines.Text())
		if err != nil {
			answer = "error " + strings.ReplaceAll(err.Error(), "\n", " ")
		}
		if _, err := fmt.Fprintln(connection, answer); err != nil {
			return
		}
	}
}

func (c Control) command(ctx context.Context, line string) (string, error) {
	line = strings.TrimSpace(line)
	switch {
	case line == "faults clear":
		c.Injector.Load(nil)
		return "ok", nil
	case strings.HasPrefix(line, "faults load "):
		rules, err := Read(strings.TrimSpace(strings.TrimPrefix(line, "faults load ")))
		if err != nil {
			return "", err
		}
		c.Injector.Load(rules)
		return fmt.Sprintf("ok rules=%d", len(rules)), nil
	case strings.HasPrefix(line, "faults add "):
		rules, err := Parse([]byte(strings.TrimPrefix(line, "faults add ")))
		if err != nil {
			return "", err
		}
		c.Injector.Add(rules...)
		return "ok", nil
	case line == "state":
		more := ""
		if c.State != nil {
			var err error
			if more, err = c.State(ctx); err != nil {
				return "", err
			}
		}
		return strings.TrimSpace(fmt.Sprintf("ok hits=%d %s", c.Injector.Hits(), more)), nil
	}
	return "", errors.New("commands: faults load FILE, faults add YAML, faults clear, state")
}

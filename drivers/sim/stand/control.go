package stand

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

// Handler carries out one command line and returns what to answer after "ok".
type Handler func(ctx context.Context, line string) (string, error)

// Control answers command lines on a Unix socket: "ok …" or "error …", one
// line for each. Its zero value is not usable; see Listen.
type Control struct {
	listener net.Listener
	handle   Handler
	cancel   context.CancelFunc
	work     sync.WaitGroup
	mu       sync.Mutex
	open     map[net.Conn]struct{}
}

// Listen opens the socket at path, replacing a stale one, and serves until Close.
func Listen(ctx context.Context, path string, handle Handler) (*Control, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("open control socket: %w", err)
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("open control socket: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	c := &Control{listener: listener, handle: handle, cancel: cancel, open: map[net.Conn]struct{}{}}
	c.work.Add(1)
	go func() {
		defer c.work.Done()
		c.accept(ctx)
	}()
	return c, nil
}

func (c *Control) accept(ctx context.Context) {
	for {
		conn, err := c.listener.Accept()
		if err != nil {
			return
		}
		c.mu.Lock()
		c.open[conn] = struct{}{}
		c.mu.Unlock()
		c.work.Add(1)
		go func() {
			defer c.work.Done()
			c.serve(ctx, conn)
			c.mu.Lock()
			delete(c.open, conn)
			c.mu.Unlock()
		}()
	}
}

func (c *Control) serve(ctx context.Context, conn net.Conn) {
	defer func() { _ = conn.Close() }()
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		answer, err := c.handle(ctx, line)
		reply := strings.TrimSpace("ok " + answer)
		if err != nil {
			reply = "error " + err.Error()
		}
		if _, err := fmt.Fprintln(conn, strings.ReplaceAll(reply, "\n", " ")); err != nil {
			return
		}
	}
}

// Close ends the socket and waits for commands under way.
func (c *Control) Close() error {
	c.cancel()
	err := c.listener.Close()
	c.mu.Lock()
	for conn := range c.open {
		_ = conn.Close()
	}
	c.mu.Unlock()
	c.work.Wait()
	return err
}

// Tell sends one command line to the socket at path and returns the answer after "ok".
func Tell(ctx context.Context, path, line string) (string, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", path)
	if err != nil {
		return "", fmt.Errorf("no bench answers at %s: name the socket bench.sock in the folder of a running bench (%w)", path, unwrapped(err))
	}
	defer func() { _ = conn.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return "", fmt.Errorf("reach the bench: %w", err)
		}
	}
	if _, err := fmt.Fprintln(conn, line); err != nil {
		return "", fmt.Errorf("tell the bench %q: %w", line, err)
	}
	reply, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("tell the bench %q: %w", line, err)
	}
	reply = strings.TrimSpace(reply)
	if rest, failed := strings.CutPrefix(reply, "error "); failed {
		return "", fmt.Errorf("%s: %s", line, rest)
	}
	return strings.TrimSpace(strings.TrimPrefix(reply, "ok")), nil
}

// unwrapped takes the path off an error, because the sentence names it already.
func unwrapped(err error) error {
	var where *net.OpError
	if errors.As(err, &where) {
		return where.Err
	}
	return err
}

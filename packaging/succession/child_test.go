package succession_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"bianmin/packaging/succession"
	"bianmin/sync/wire"
)

// This test program runs itself as a child that kills itself at a named point:
// "backup|restore|replace|retire DATA STICK POINT COUNT".
const (
	childVariable  = "BIANMIN_TEST_CHILD"
	ticketVariable = "BIANMIN_TEST_TICKET" // of "replace"
)

func TestMain(m *testing.M) {
	if order := os.Getenv(childVariable); order != "" {
		if err := child(strings.Fields(order)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	status := m.Run()
	removeSender()
	os.Exit(status)
}

func child(order []string) error {
	left, err := strconv.Atoi(order[4])
	if err != nil {
		return err
	}
	m := machine(order[1])
	m.Step = func(point string) {
		if point != order[3] {
			return
		}
		if left--; left == 0 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // it is on its way
		}
	}
	if order[0] == "full" {
		return full(context.Background(), m, order[2])
	}
	if where, ok := strings.CutPrefix(order[0], "crowded-"); ok {
		return crowded(context.Background(), where, m, order[2])
	}
	if what, ok := strings.CutPrefix(order[0], "spoil-"); ok {
		return spoil(context.Background(), what, m, order[2], order[3])
	}
	return act(context.Background(), order[0], m, order[2])
}

// act runs one operation.
func act(ctx context.Context, what string, m succession.Machine, stick string) error {
	var err error
	switch what {
	case "backup":
		_, err = m.Backup(ctx, stick, true)
	case "restore":
		_, err = m.Restore(ctx, stick)
	case "replace": // the stick is the old machine's data folder
		var ticket wire.Ticket
		if ticket, err = wire.ParseTicket(os.Getenv(ticketVariable)); err == nil {
			_, err = m.Replace(ctx, ticket, stick)
		}
	case "retire":
		_, err = m.Retire(ctx, succession.Retiring{
			Out: filepath.Join(stick, "out"), By: "陈师傅", Stick: stick,
			Certify: func(e succession.Erasure) ([]byte, error) { return []byte("%PDF-" + e.Digest), nil },
		})
	default:
		err = errors.New("unknown operation " + what)
	}
	return err
}

// killed runs an operation in a child that dies at a point the count-th time; it fails the test when it did not die there.
func killed(t *testing.T, what, data, stick, point string, count int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %s %s %d", childVariable, what, data, stick, point, count))
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGKILL {
			return
		}
	}
	t.Fatalf("%s was not killed at %s: %v\n%s", what, point, err, out)
}

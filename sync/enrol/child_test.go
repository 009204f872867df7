package enrol_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"bianmin/internal/smalldisk"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// This test program runs itself as a child: "kill DATA POINT replace|new", which kills itself at a named point, or
// "full DATA first last step" with room for so many pages. Tickets come by the environment, one a line.
const (
	childVariable  = "BIANMIN_TEST_CHILD"
	ticketVariable = "BIANMIN_TEST_TICKETS"
)

func TestMain(m *testing.M) {
	order := strings.Fields(os.Getenv(childVariable))
	if len(order) == 0 {
		goleak.VerifyTestMain(m)
		return
	}
	if err := child(context.Background(), order[0], order[1], order[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func child(ctx context.Context, what, data string, rest []string) error {
	var tickets []wire.Ticket
	for line := range strings.Lines(os.Getenv(ticketVariable)) {
		ticket, err := wire.ParseTicket(strings.TrimSpace(line))
		if err != nil {
			return err
		}
		tickets = append(tickets, ticket)
	}
	if what == "full" {
		return full(ctx, data, tickets)
	}
	o := options(tickets[0], data)
	o.Replace = rest[1] == "replace"
	o.Step = func(point string) {
		if point == rest[0] {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // it is on its way
		}
	}
	_, err := enrol.Enrol(ctx, o)
	return err
}

func self(t *testing.T, order string, tickets ...wire.Ticket) *exec.Cmd {
	t.Helper()
	var text []string
	for _, ticket := range tickets {
		text = append(text, ticket.String())
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+order, ticketVariable+"="+strings.Join(text, "\n"))
	return cmd
}

// full enrols on a disk with room for no page, one page, two…, each time two generations. It is refused in a sentence with
// what was there before left whole, and ended by the same code once there is room. It ends where the room sufficed.
func full(ctx context.Context, data string, tickets []wire.Ticket) error {
	if err := smalldisk.Private(); err != nil {
		return err
	}
	refused := 0
	for room := 0; len(tickets) >= 2; room++ {
		short, err := fullOnce(ctx, data, room, tickets[:2])
		if err != nil {
			return fmt.Errorf("room for %d pages: %w", room, err)
		}
		refused += short
		tickets = tickets[2:]
		if short == 0 {
			fmt.Printf("refused %d times, enrolled with room for %d pages\n", refused, room)
			return nil
		}
	}
	return errors.New("there was never room enough")
}

func fullOnce(ctx context.Context, data string, room int, tickets []wire.Ticket) (refused int, err error) {
	if err := smalldisk.Mount(data, "1m"); err != nil {
		return 0, err
	}
	defer smalldisk.Unmount(data)
	for i, generation := range []string{"A", "B"} {
		o := options(tickets[i], filepath.Join(data, "terminal"))
		o.Replace = i > 0
		if err := fill(data, room); err != nil {
			return refused, err
		}
		_, err := enrol.Enrol(ctx, o)
		now, known := seal.LoadIdentity(filepath.Join(o.Data, "keys"))
		switch {
		case err != nil && !errors.Is(err, enrol.ErrFull):
			return refused, fmt.Errorf("generation %s on a full disk: it says %w", generation, err)
		case err != nil && generation == "A" && known == nil:
			return refused, errors.New("half an enrolment counts")
		case err != nil && generation == "B" && (known != nil || now.Generation != "A"):
			return refused, fmt.Errorf("the generation before is gone: %w", known)
		case err != nil:
			refused++
		}
		if err := os.Remove(filepath.Join(data, "filler")); err != nil {
			return refused, err
		}
		if err != nil {
			if now, err = enrol.Enrol(ctx, o); err != nil || now.Generation != generation {
				return refused, fmt.Errorf("generation %s with room again: %w", generation, err)
			}
		}
		if i > 0 && len(now.Keys.Inherited) != 1 {
			return refused, errors.New("the inherited secrets are gone")
		}
		if err := seal.AddInherited(filepath.Join(o.Data, "keys"), [32]byte{1, 2, 3}); err != nil {
			return refused, err
		}
	}
	return refused, nothingHalf(filepath.Join(data, "terminal"))
}

// fill leaves room for so many pages.
func fill(folder string, pages int) (err error) {
	file, err := os.Create(filepath.Join(folder, "filler"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var size int64
	page := make([]byte, os.Getpagesize())
	for err == nil {
		var n int
		n, err = file.Write(page)
		size += int64(n)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("it cannot be filled: %w", err)
	}
	return file.Truncate(max(0, size-int64(pages*len(page))))
}

package courier

import (
	"context"
	"errors"
	"os"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"bianmin/core/casefile"
	"bianmin/packaging/settings"
	"bianmin/packaging/stick"
	"bianmin/store/room"
	"bianmin/sync/courier"
	"bianmin/sync/enrol/practice"
	"bianmin/sync/seal"
)

// errand makes the hidden commands that the machine's own service calls (bianmin-courier.service): they say how it goes where
// the program at the screen looks.
func (t *tool) errand() *cobra.Command {
	c := &cobra.Command{Use: "errand", Short: "What a screen asked for, for the machine's own service", Args: cobra.NoArgs, Hidden: true}
	c.AddCommand(
		t.flags(&cobra.Command{
			Use: "do export|import FOLDER", Args: cobra.ExactArgs(2),
			RunE: func(c *cobra.Command, args []string) error { return t.do(c.Context(), args[0], args[1]) },
		}),
		t.flags(&cobra.Command{
			Use: "fault export|import CODE", Args: cobra.ExactArgs(2),
			RunE: func(_ *cobra.Command, args []string) error {
				if !slices.Contains(stickFaults, args[1]) {
					return errors.New("no such fault")
				}
				return t.note(func(data string) error {
					return courier.Say(data, casefile.Carried{Errand: args[0], State: casefile.CarryFailed, Code: args[1], At: t.now().UTC()})
				})
			},
		}),
		t.flags(&cobra.Command{Use: "close", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error { return t.closed() }}),
	)
	return c
}

// stickFaults are what may be wrong before anything of the stick is seen.
var stickFaults = []string{"no-stick", "several", "unreadable", "busy"}

func (t *tool) note(do func(data string) error) error {
	set, err := settings.Read(t.config)
	if err != nil {
		return err
	}
	return do(set.Data)
}

// do carries an errand out and says how it went; that the stick may be pulled is said when it is let go.
func (t *tool) do(ctx context.Context, errand, folder string) error {
	if errand != casefile.CarryOut && errand != casefile.CarryHome {
		return courier.ErrErrand
	}
	return t.note(func(data string) error {
		said := casefile.Carried{Errand: errand, State: casefile.CarryWorking, At: t.now().UTC()}
		if err := courier.Say(data, said); err != nil {
			return err
		}
		amiss, err := t.carry(ctx, errand, folder, &said)
		said.State, said.At = casefile.CarryClosing, t.now().UTC()
		if err != nil {
			said.State, said.Code = casefile.CarryFailed, codeOf(err)
		}
		return errors.Join(err, amiss, courier.Say(data, said))
	})
}

// carry does an errand; amiss is what could not be taken of answers of which others were.
func (t *tool) carry(ctx context.Context, errand, folder string, said *casefile.Carried) (amiss, err error) {
	if errand == casefile.CarryOut {
		to, err := stick.Look(folder)
		if err != nil {
			return nil, err
		}
		out, err := t.exportTo(ctx, to)
		said.Packets, said.Left, said.Lost = out.Packets, out.Left, out.Lost
		return nil, err
	}
	all, troubles, err := t.takeFrom(ctx, folder)
	for _, one := range all {
		said.Delivered, said.Refused = said.Delivered+one.Delivered, said.Refused+one.Refused
		said.Updates, said.Damaged = said.Updates+one.Updates, said.Damaged+one.Damaged
	}
	if err == nil && troubles != nil && said.Delivered+said.Refused+said.Updates > 0 {
		said.Amiss = true
		return troubles, nil
	}
	return nil, errors.Join(err, troubles)
}

// closed says that the stick was let go.
func (t *tool) closed() error {
	return t.note(func(data string) error {
		said, err := courier.Said(data)
		if err != nil || said.State != casefile.CarryClosing {
			return err
		}
		said.State = casefile.CarryDone
		return courier.Say(data, said)
	})
}

// faults are errors that people are told in words of their own.
var faults = []struct {
	code  string
	known error
}{
	{"not-enrolled", seal.ErrNotEnrolled},
	{"practice", practice.ErrNeverSent},
	{"permission", os.ErrPermission},
	{"read-only", syscall.EROFS},
	{"gone", stick.ErrGone},
	{"no-stick", stick.ErrNone},
	{"nothing", errNothing},
	{"others", errOthers},
	{"foreign", courier.ErrForeign},
	{"newer", courier.ErrNewer},
	{"form", courier.ErrForm},
	{"gone", syscall.EIO},
}

// codeOf is the code of an error, "other" where there is none.
func codeOf(err error) string {
	for _, one := range faults {
		if errors.Is(err, one.known) {
			return one.code
		}
	}
	if room.Full(err) {
		return "full"
	}
	return "other"
}

package device

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bianmin/drivers"
	"bianmin/drivers/idcard"
	"bianmin/drivers/link"
)

// asker is the part of every device's contract that tells its status.
type asker interface {
	Status(ctx context.Context) (drivers.Status, error)
	Close() error
}

// roles opens a device of each role on a link.
var roles = map[drivers.Role]func(opened link.Link, l *line) asker{
	drivers.RoleReader: func(opened link.Link, l *line) asker {
		return idcard.New(opened, idcard.Options{Baud: l.baud, Limit: l.timeout, Now: time.Now})
	},
	drivers.RolePrinter: func(opened link.Link, l *line) asker { return statusPrinter{link: opened, line: l} },
}

// others are the roles whose devices no link opens.
var others = []drivers.Role{drivers.RoleDocument, drivers.RoleScanner, drivers.RoleSocial}

func statusCommand() *cobra.Command {
	var l line
	var role string
	command := &cobra.Command{
		Use:   "status --link LINK --role ROLE",
		Short: "Ask a device how it is / 查询设备状态",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			command.SilenceUsage = true
			open := roles[drivers.Role(role)]
			if open == nil && !slices.Contains(others, drivers.Role(role)) {
				return fmt.Errorf("role %q is unknown, say %s", role, strings.Join(roleNames(), " or "))
			}
			ctx, cancel := context.WithTimeout(command.Context(), l.timeout)
			defer cancel()
			status, err := askStatus(ctx, &l, drivers.Role(role), open)
			if failed := printStatus(command.OutOrStdout(), status, l.json); failed != nil {
				return failed
			}
			if err == nil && status.Fault != drivers.FaultNone {
				err = &drivers.Error{Role: status.Role, Fault: status.Fault, Op: "ask status"}
			}
			return sentence(err)
		},
	}
	l.flags(command)
	command.Flags().StringVar(&role, "role", "", "what the device is for: "+strings.Join(roleNames(), " or "))
	if err := command.MarkFlagRequired("role"); err != nil {
		panic(err) // the flag stands above
	}
	return command
}

func roleNames() []string {
	var names []string
	for _, role := range others {
		names = append(names, string(role))
	}
	for role := range roles {
		names = append(names, string(role))
	}
	slices.Sort(names)
	return names
}

// askStatus returns a status also beside an error: a device that cannot be opened has one as well.
func askStatus(ctx context.Context, l *line, role drivers.Role, open func(link.Link, *line) asker) (drivers.Status, error) {
	switch role {
	case drivers.RoleDocument:
		return pagesStatus(ctx, l)
	case drivers.RoleScanner:
		return scannerStatus(ctx, l)
	case drivers.RoleSocial:
		return socialStatus(ctx, l)
	}
	if role == drivers.RoleReader {
		if err := l.findSpeed(ctx); err != nil {
			return away(role, err)
		}
	}
	opened, err := l.open(ctx)
	if err != nil {
		return statusOf(role, err), err
	}
	device := open(opened, l)
	status, err := device.Status(ctx)
	if closing := device.Close(); err == nil && closing != nil {
		err = closing
	}
	return status, err
}

// away is a device that answers nothing.
func away(role drivers.Role, err error) (drivers.Status, error) {
	status := drivers.Status{Role: role, Condition: drivers.Offline, Fault: drivers.FaultSilent, At: time.Now()}
	return status, &drivers.Error{Role: role, Fault: drivers.FaultSilent, Op: "ask status", Err: err}
}

// statusOf is the status of a device whose link cannot be opened.
func statusOf(role drivers.Role, err error) drivers.Status {
	status := drivers.Status{Role: role, Condition: drivers.Offline, Fault: drivers.FaultDevice, At: time.Now()}
	switch {
	case errors.Is(err, link.ErrUnplugged):
		status.Condition, status.Fault = drivers.NoDevice, drivers.FaultUnplugged
	case errors.Is(err, link.ErrNotPermitted):
		status.Fault = drivers.FaultNotPermitted
	case errors.Is(err, link.ErrAmbiguous):
		status.Fault = drivers.FaultAmbiguous
	case errors.Is(err, link.ErrBusy):
		status.Condition, status.Fault = drivers.Busy, drivers.FaultBusy
	}
	return status
}

func printStatus(out io.Writer, status drivers.Status, asJSON bool) error {
	if asJSON {
		return printJSON(out, status)
	}
	words := []string{string(status.Role), string(status.Condition)}
	for _, word := range []string{string(status.Paper), status.Model, status.Serial, string(status.Fault)} {
		if word != "" {
			words = append(words, word)
		}
	}
	if _, err := fmt.Fprintln(out, strings.Join(words, "  ")); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

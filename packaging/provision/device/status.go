package device

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bianmin/drivers"
	"bianmin/drivers/barcode"
	"bianmin/drivers/idcard"
	"bianmin/drivers/link"
	"bianmin/packaging/provision/printed"
)

// asker is the part of a device's contract that tells its status.
type asker interface {
	Status(ctx context.Context) (drivers.Status, error)
	Close() error
}

// ask asks a device of one role at its link. A status is returned also beside an error: a device that cannot be opened has one as well.
type ask func(ctx context.Context, l *line) (drivers.Status, error)

// roles are all that can be asked.
var roles = map[drivers.Role]ask{
	drivers.RoleReader: func(ctx context.Context, l *line) (drivers.Status, error) {
		if err := l.findSpeed(ctx); err != nil {
			return away(drivers.RoleReader, err)
		}
		return l.ask(ctx, drivers.RoleReader, func(opened link.Link) asker {
			return idcard.New(opened, idcard.Options{Baud: l.baud, Limit: l.timeout, Now: time.Now})
		})
	},
	drivers.RolePrinter: func(ctx context.Context, l *line) (drivers.Status, error) {
		return l.ask(ctx, drivers.RolePrinter, func(opened link.Link) asker { return statusPrinter{link: opened, line: l} })
	},
	drivers.RoleButton: func(ctx context.Context, l *line) (drivers.Status, error) {
		return l.ask(ctx, drivers.RoleButton, func(opened link.Link) asker { return silent{opened, drivers.RoleButton} })
	},
	drivers.RoleCode:     codeStatus,
	drivers.RoleSocial:   socialStatus,
	drivers.RoleDocument: pagesStatus,
	drivers.RoleScanner:  scannerStatus,
}

// silent is a device that only talks when somebody uses it: that it can be opened is all it tells.
type silent struct {
	io.Closer
	role drivers.Role
}

func (s silent) Status(context.Context) (drivers.Status, error) {
	return drivers.Status{Role: s.role, Condition: drivers.Online, At: time.Now()}, nil
}

func codeStatus(ctx context.Context, l *line) (drivers.Status, error) {
	if barcode.CheckLink(l.link) != nil {
		return misnamed(drivers.RoleCode, l.link, "serial:PATH, hid:VENDOR:PRODUCT, evdev:VENDOR:PRODUCT@SOCKET")
	}
	reader, err := barcode.Open(ctx, l.link, l.baud)
	if err != nil {
		status := statusOf(drivers.RoleCode, err)
		if fault := drivers.FaultOf(err); status.Fault == drivers.FaultDevice {
			status.Fault = fault
		}
		return status, err
	}
	status, _ := silent{reader, drivers.RoleCode}.Status(ctx)
	return status, reader.Close()
}

func statusCommand() *cobra.Command {
	var l line
	var role string
	command := &cobra.Command{
		Use:   "status --link LINK [--role ROLE]",
		Short: "Ask a device how it is / 查询设备状态",
		Long: "Ask a device how it is: nothing is printed and nothing moves. Of what only talks when somebody uses it (a button, a code reader) it says whether it can be opened.\n" +
			"What the device is for need not be said where its link or its device pack tells. Exit status 0 only when nothing is wrong with it.",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			command.SilenceUsage = true
			which := cmp.Or(drivers.Role(role), l.roleOf())
			question := roles[which]
			if question == nil {
				key := "role-unknown"
				if which == "" {
					key = "role-untold"
				}
				said := say(key, map[string]any{"role": string(which), "link": l.link, "roles": strings.Join(roleNames(), ", ")})
				return refuse(command.OutOrStdout(), l.json, &nobodyError{faultUsage, said})
			}
			ctx, cancel := context.WithTimeout(command.Context(), l.timeout)
			defer cancel()
			status, err := question(ctx, &l)
			if err == nil && status.Fault != drivers.FaultNone {
				err = &drivers.Error{Role: status.Role, Fault: status.Fault, Op: "ask status"}
			}
			if failed := printStatus(command.OutOrStdout(), status, err, l.json); failed != nil {
				return failed
			}
			return sentence(err)
		},
	}
	l.flags(command)
	command.Flags().StringVar(&role, "role", "", "what the device is for: "+strings.Join(roleNames(), " or "))
	return command
}

func roleNames() []string {
	var names []string
	for role := range roles {
		names = append(names, string(role))
	}
	slices.Sort(names)
	return names
}

// ask opens the link, asks what stands there, and lets it go.
func (l *line) ask(ctx context.Context, role drivers.Role, made func(opened link.Link) asker) (drivers.Status, error) {
	opened, err := l.open(ctx)
	if err != nil {
		return statusOf(role, err), err
	}
	device := made(opened)
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

// misnamed answers for a link that cannot be of a role's device.
func misnamed(role drivers.Role, link, links string) (drivers.Status, error) {
	status := drivers.Status{Role: role, Condition: drivers.NoDevice, Fault: faultUsage, At: time.Now()}
	return status, &nobodyError{faultUsage, say("no-link", map[string]any{"link": link, "links": links})}
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
	case errors.Is(err, link.ErrSettings), errors.Is(err, link.ErrNotSerial), errors.Is(err, link.ErrName):
		status.Condition, status.Fault = drivers.NoDevice, faultUsage
	}
	return status
}

func printStatus(out io.Writer, status drivers.Status, why error, asJSON bool) error {
	if asJSON {
		told := struct {
			drivers.Status
			Problem string `json:"problem,omitempty"`
		}{Status: status}
		if why != nil {
			told.Problem = failed(why).Problem
		}
		return printed.JSON(out, told)
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

package device

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bianmin/drivers/barcode"
	"bianmin/drivers/link/bus"
)

// codeReader is a code reader on any link.
type codeReader interface {
	Scan(ctx context.Context) (barcode.Code, error)
	Close() error
}

func codeCommand() *cobra.Command {
	var l line
	command := &cobra.Command{
		Use:   "code --link LINK",
		Short: "Read one bar code or QR code and print its text / 扫一个码",
		Long:  "Read one code with a code reader on a serial line, or of the HID point-of-sale class (hid:VENDOR:PRODUCT). One that plays keyboard types what it reads and is not opened.",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			command.SilenceUsage = true
			ctx, cancel := context.WithTimeout(command.Context(), l.timeout)
			defer cancel()
			if !l.json {
				_, _ = fmt.Fprintln(command.ErrOrStderr(), "请扫一个码 / scan a code")
			}
			code, err := readCode(ctx, &l)
			if err != nil {
				return sentence(err)
			}
			if l.json {
				return printJSON(command.OutOrStdout(), struct {
					Text      string `json:"text"`
					Symbology string `json:"symbology,omitempty"`
				}{code.Text, code.Symbology})
			}
			if _, err := fmt.Fprintln(command.OutOrStdout(), code.Text); err != nil {
				return fmt.Errorf("print: %w", err)
			}
			return nil
		},
	}
	l.flags(command)
	usual(command, "baud", "9600") // of code readers
	return command
}

func readCode(ctx context.Context, l *line) (code barcode.Code, err error) {
	reader, err := openCodeReader(ctx, l)
	if err != nil {
		return barcode.Code{}, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	code, err = reader.Scan(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return barcode.Code{}, fmt.Errorf("no code was scanned within %v", l.timeout.Round(time.Millisecond))
	}
	return code, err
}

func openCodeReader(ctx context.Context, l *line) (codeReader, error) {
	if place, ok := strings.CutPrefix(l.link, "hid:"); ok {
		named, err := bus.ParsePlace(place)
		if err != nil {
			return nil, err
		}
		return barcode.OpenHIDAt(named)
	}
	opened, err := l.open(ctx)
	if err != nil {
		return nil, err
	}
	return barcode.New(opened), nil
}

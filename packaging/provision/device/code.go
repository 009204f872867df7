package device

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"bianmin/drivers/barcode"
)

func codeCommand() *cobra.Command {
	var l line
	command := &cobra.Command{
		Use:   "code --link LINK",
		Short: "Read one bar code or QR code and print its text / 扫一个码",
		Long: "Read one code with a code reader on a serial line, of the HID point-of-sale class (hid:VENDOR:PRODUCT), or one that plays keyboard\n" +
			"(evdev:VENDOR:PRODUCT, or evdev:/dev/input/by-id/NAME), which then types into no window until this ends.",
		Args: cobra.NoArgs,
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
	if err := barcode.CheckLink(l.link); err != nil {
		return code, err
	}
	reader, err := barcode.Open(ctx, l.link, l.baud)
	if err != nil {
		return code, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	code, err = reader.Scan(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return barcode.Code{}, fmt.Errorf("no code was scanned within %v", l.timeout.Round(time.Millisecond))
	}
	return code, err
}

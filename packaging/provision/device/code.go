package device

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"bianmin/drivers/barcode"
	"bianmin/packaging/provision/printed"
)

func codeCommand() *cobra.Command {
	var l line
	var full bool
	command := &cobra.Command{
		Use:   "code --link LINK",
		Short: "Read one bar code or QR code / 扫一个码",
		Long: "Say what was read: its length, and of its text the ends only, for codes hold people's numbers; all of it with --full.\n" +
			"Read one code with a code reader on a serial line, of the HID point-of-sale class (hid:VENDOR:PRODUCT), or one that plays keyboard\n" +
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
				return refuse(command.OutOrStdout(), l.json, err)
			}
			told := toldCode{Text: code.Text, Symbology: code.Symbology, Characters: utf8.RuneCountInString(code.Text), Masked: !full}
			if !full {
				told.Text = hide(code.Text, 4, 2)
			}
			if l.json {
				return printed.JSON(command.OutOrStdout(), told)
			}
			if _, err := fmt.Fprintf(command.OutOrStdout(), "%s  (%d)  %s\n", told.Text, told.Characters, told.Symbology); err != nil {
				return fmt.Errorf("print: %w", err)
			}
			return nil
		},
	}
	l.flags(command)
	command.Flags().BoolVar(&full, "full", false, "show all of the text")
	usual(command, "baud", "9600") // of code readers
	return command
}

// toldCode is a code as the command prints it.
type toldCode struct {
	Text       string `json:"text"`
	Characters int    `json:"characters"`
	Symbology  string `json:"symbology,omitempty"`
	Masked     bool   `json:"masked"`
}

func readCode(ctx context.Context, l *line) (code barcode.Code, err error) {
	if err := barcode.CheckLink(l.link); err != nil {
		return code, &nobodyError{faultUsage, err.Error()}
	}
	reader, err := barcode.Open(ctx, l.link, l.baud)
	if err != nil {
		return code, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	code, err = reader.Scan(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return barcode.Code{}, &nobodyError{faultNoCode, say("no-code", map[string]any{"time": l.timeout.Round(time.Millisecond).String()})}
	}
	return code, err
}

// Package ticket takes an enrolment code from the technician: typed or scanned when asked, or from standard input. It takes
// none from the command's words, which stand in the list of processes and in the shell's history.
package ticket

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/muesli/cancelreader"
	"github.com/spf13/cobra"
)

// longest is more than any enrolment string, in bytes.
const longest = 4096

// Usage stands in the place of the code in a command's line.
const Usage = "[-]"

// Args lets a command have no words, or "-" for standard input.
func Args(_ *cobra.Command, words []string) error {
	if len(words) == 0 || len(words) == 1 && words[0] == "-" {
		return nil
	}
	return errors.New("an enrolment code in the command would stand in the list of processes and in the shell's history: leave it out, and type or scan it when asked, or give - and the code on standard input")
}

// Ask asks for an enrolment string or code, and gives the line as it was typed, without the space around it. It ends with ctx.
func Ask(ctx context.Context, c *cobra.Command, words []string) (string, error) {
	if len(words) == 0 {
		_, _ = fmt.Fprintln(c.ErrOrStderr(), "请扫描或输入入网码，按回车 / scan or type the enrolment code, then Enter")
	}
	input, err := cancelreader.NewReader(c.InOrStdin())
	if err != nil { // a file that is always ready: no read of it waits
		input, _ = cancelreader.NewReader(struct{ io.Reader }{c.InOrStdin()})
	}
	stop := context.AfterFunc(ctx, func() { input.Cancel() })
	defer stop()
	line, err := bufio.NewReader(io.LimitReader(input, longest)).ReadString('\n')
	closing := input.Close()
	switch line = strings.TrimSpace(line); {
	case ctx.Err() != nil:
		return "", fmt.Errorf("wait for the enrolment code: %w", ctx.Err())
	case line != "":
		return line, nil
	case err != nil && !errors.Is(err, io.EOF):
		return "", fmt.Errorf("read the enrolment code: %w", errors.Join(err, closing))
	}
	return "", errors.New("no enrolment code was given")
}

package ticket_test

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"bianmin/packaging/provision/ticket"
)

func command(in io.Reader) (*cobra.Command, *strings.Builder) {
	c, said := &cobra.Command{}, &strings.Builder{}
	c.SetIn(in)
	c.SetErr(said)
	return c, said
}

func TestAsk(t *testing.T) {
	for name, c := range map[string]struct {
		words     []string
		in        string
		want, err string
		asks      bool
	}{
		"typed":        {nil, " BIANMIN1|a|b|c \r\n", "BIANMIN1|a|b|c", "", true},
		"piped":        {[]string{"-"}, "BIANMIN1|a|b|c", "BIANMIN1|a|b|c", "", false},
		"only a line":  {[]string{"-"}, "one\ntwo\n", "one", "", false},
		"nothing":      {[]string{"-"}, "", "", "no enrolment code", false},
		"only Enter":   {nil, "\n", "", "no enrolment code", true},
		"without end":  {[]string{"-"}, strings.Repeat("x", 5000), strings.Repeat("x", 4096), "", false},
		"spaces alone": {nil, "   \n", "", "no enrolment code", true},
	} {
		cmd, said := command(strings.NewReader(c.in))
		got, err := ticket.Ask(t.Context(), cmd, c.words)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if strings.Contains(said.String(), "scan or type") != c.asks {
			t.Errorf("%s: said %q", name, said)
		}
	}
}

// TestBrokenOff: whoever breaks the question off is not held.
func TestBrokenOff(t *testing.T) {
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = in.Close(), out.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	cmd, _ := command(in)
	if got, err := ticket.Ask(ctx, cmd, nil); err == nil || ctx.Err() == nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestArgs(t *testing.T) {
	for words, good := range map[string]bool{"": true, "-": true, "BIANMIN1|https://p|f|c": false, "- -": false} {
		if err := ticket.Args(nil, strings.Fields(words)); (err == nil) != good {
			t.Errorf("%q: %v", words, err)
		}
	}
}

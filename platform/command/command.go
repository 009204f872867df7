// Package command is the platform's command line: serving, enrolment codes,
// staff accounts, and a look into the cases. It wires the other packages and
// must not decide anything itself.
package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"bianmin/platform/authority"
)

// Options are what main hands over.
type Options struct {
	Contract []byte           // openapi.yaml
	Now      func() time.Time // the platform's clock

	behind *time.Duration
}

// New makes the command tree.
func New(o Options) *cobra.Command {
	now := o.Now
	o.behind = new(time.Duration)
	o.Now = func() time.Time { return now().Add(-*o.behind) }
	root := &cobra.Command{
		Use:   "platform --listen ADDR --data DIR",
		Short: "The provincial platform's reference implementation",
		Long:  "Serves terminals by platform/openapi.yaml. Without a subcommand it listens; the subcommands work on the same data folder.",
		Args:  cobra.NoArgs, SilenceUsage: true, SilenceErrors: true,
	}
	root.PersistentFlags().DurationVar(o.behind, "behind", 0, "let the clock run so far behind, to make a past for demos and tests; only for a demo platform")
	serveCommand(root, o)
	root.AddCommand(enrolCommand(o), staffCommand(o), operatorCommand(o), agentCommand(o), trustCommand(o), casesCommand(), terminalCommand(o), actCommand(o), recoveryCommand(o), ownKeysCommand(o), publishCommand(o), settingsCommand(o), catalogueCommand(o), courierCommand(o), restoredCommand(o), refusedCommand(o), auditCommand())
	return root
}

// LongFlags lets "-listen" stand for "--listen": words behind one dash that name a flag of root or of a command below it get their second dash.
func LongFlags(root *cobra.Command, args []string) []string {
	known := map[string]bool{"help": true}
	var gather func(*cobra.Command)
	gather = func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
		for _, below := range c.Commands() {
			gather(below)
		}
	}
	gather(root)
	out := make([]string, len(args))
	for i, arg := range args {
		out[i] = arg
		word, _, _ := strings.Cut(strings.TrimPrefix(arg, "-"), "=")
		if strings.HasPrefix(arg, "-") && !strings.HasPrefix(arg, "--") && known[word] {
			out[i] = "-" + arg
		}
	}
	return out
}

// group is a command that only holds others; alone it explains itself.
func group(use, short string) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
}

func dataFlag(c *cobra.Command, dir *string) {
	c.Flags().StringVar(dir, "data", "", "the platform's data folder")
	if err := c.MarkFlagRequired("data"); err != nil {
		panic(err) // the flag stands one line above
	}
}

func openAuthority(o Options, dir, environment string, hosts []string) (*authority.Authority, error) {
	a, err := authority.Open(authority.Options{Dir: filepath.Join(dir, "authority"), Environment: environment, Hosts: hosts, Now: o.Now})
	if err != nil {
		return nil, err
	}
	if environment != "" && a.Environment() != environment {
		return nil, fmt.Errorf("this platform's environment is %q, not %q; another environment needs another data folder", a.Environment(), environment)
	}
	return a, o.checkClock(a)
}

// checkClock keeps a platform that serves people from working by another time than theirs.
func (o Options) checkClock(a *authority.Authority) error {
	if o.behind != nil && *o.behind != 0 && a.Environment() != "demo" {
		return errors.New("--behind is for a demo platform only")
	}
	return nil
}

// loadAuthority opens an authority that must be there already.
func loadAuthority(o Options, dir string) (*authority.Authority, error) {
	a, err := authority.Load(authority.Options{Dir: filepath.Join(dir, "authority"), Now: o.Now})
	if errors.Is(err, authority.ErrNone) {
		return nil, fmt.Errorf("%s holds no platform yet: start it once with --listen and --data", dir)
	}
	if err != nil {
		return nil, err
	}
	return a, o.checkClock(a)
}

func printJSON(to io.Writer, value any) error {
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// Package queue is the technician's "provision queue": what is not delivered, why, and what may be done about it. It shows
// nothing about people: numbers, items, times, states and reasons in words.
package queue

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/text"
)

// actor is who stands in the audit trail for what this tool is told.
const actor = "provision"

// tool is one run of a command.
type tool struct {
	config string
	json   bool
	limit  int
	reason string
	now    func() time.Time

	words *text.Catalog
	out   io.Writer
}

// AttentionError says that something in the queue needs somebody: nothing failed.
type AttentionError struct{ words string }

func (e *AttentionError) Error() string { return e.words }

// ExitCode is the program's exit status.
func (e *AttentionError) ExitCode() int { return 4 }

// errNoCase says that a case is not in the queue.
var errNoCase = errors.New("it is not in the queue")

// Command makes the "queue" command with its subcommands.
func Command(now func() time.Time) *cobra.Command {
	c := &cobra.Command{
		Use: "queue", Short: "See what is not delivered, why, and what to do / 送件队列", Args: cobra.NoArgs,
		Long: "Lists what the platform has not acknowledged: waiting, refused or put aside. Nothing about people is shown.\n" +
			"Exit status: 0 done, and nothing needs anybody; 1 not done, and standard error says why and what to do; 4 (list, show, why) something was refused or put aside, (export) something cannot be read, and needs somebody.\n" +
			"所列的都不含个人信息。退出码：0 做成了，没有要人处理的；1 没有做成；4（list、show、why）有退回或放着的件、（export）有读不出来的件，要人处理。",
	}
	t := &tool{now: now}
	list := t.command("list", "List what is not delivered, the most urgent first / 列出没送到的件", cobra.NoArgs, func(ctx context.Context, _ []string) error { return t.list(ctx, "") })
	list.Flags().IntVar(&t.limit, "limit", 100, "how many are listed")
	hold := t.command("quarantine CASE", "Put one case aside, with a reason; it does not go out / 把一件放在一边", cobra.ExactArgs(1), t.quarantine)
	free := t.command("release CASE", "Let a case go again that was put aside / 放行", cobra.ExactArgs(1), t.release)
	settle := t.command("settle CASE", "End what was refused of a case: somebody has dealt with it otherwise / 了结退回的件", cobra.ExactArgs(1), t.settle)
	for _, with := range []*cobra.Command{hold, free, settle} {
		with.Flags().StringVar(&t.reason, "reason", "", "why, for the audit trail; without names or ID numbers / 原因")
	}
	c.AddCommand(list, hold, free, settle,
		t.command("show CASE", "Show one case's packets in full / 看一件", cobra.ExactArgs(1), func(ctx context.Context, args []string) error { return t.list(ctx, casefile.Number(args[0])) }),
		t.command("why CASE", "Say why a case is still here, and what to do / 为什么没送到", cobra.ExactArgs(1), t.why),
		t.command("retry [CASE]", "Try all, or one case, at once; a running sender hears it / 马上再送", cobra.MaximumNArgs(1), t.retry),
		t.command("export FOLDER", "Write what is not delivered, sealed as it stands, into a folder for the county / 导出给县里", cobra.ExactArgs(1), t.export),
	)
	return c
}

func (t *tool) command(use, short string, args cobra.PositionalArgs, run func(ctx context.Context, args []string) error) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: args, RunE: func(c *cobra.Command, args []string) error { return run(c.Context(), args) }}
	c.Flags().StringVar(&t.config, "config", "/etc/bianmin/terminal.yaml", "the machine's configuration file")
	c.Flags().BoolVar(&t.json, "json", false, "print JSON")
	c.PreRunE = func(c *cobra.Command, _ []string) (err error) {
		c.SilenceUsage = true
		t.out = c.OutOrStdout()
		t.words, err = text.Load(assets.Words())
		return err
	}
	return c
}

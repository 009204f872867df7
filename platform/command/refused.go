package command

import (
	"fmt"
	"io"
	"os/user"
	"time"

	"github.com/spf13/cobra"

	"bianmin/core/casefile"
	"bianmin/platform/casebook"
	"bianmin/platform/intake"
	"bianmin/platform/registry"
)

// refusedCommand lists refused applications, which are work for the county, and closes them.
func refusedCommand(o Options) *cobra.Command {
	var (
		data                string
		asJSON, all, people bool
	)
	c := &cobra.Command{
		Use: "refused [--all] [--people] --data DIR", Short: "List the refused applications that nobody has dealt with yet", Args: cobra.NoArgs,
		Long: "Each line is somebody who went home with a receipt and was refused. It leaves the list when the mended application is accepted, when the person withdraws, " +
			"or when somebody closes it: platform refused close NUMBER --note \"电话告知，李四\". With --people the applicant's name and phone are opened, to call.",
		RunE: func(c *cobra.Command, _ []string) error {
			show := func(reg *registry.Registry) error {
				lines, err := refusedLines(c, o, data, reg, all, people)
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(c.OutOrStdout(), lines)
				}
				return printRefused(c.OutOrStdout(), lines)
			}
			if people { // who looks is written down
				return writing(c, o, data, show)
			}
			return reading(c, data, show)
		},
	}
	dataFlag(c, &data)
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	c.Flags().BoolVar(&all, "all", false, "those that are dealt with, too")
	c.Flags().BoolVar(&people, "people", false, "open the applicants' names and phones")
	c.AddCommand(closeRefusedCommand(o))
	return c
}

func closeRefusedCommand(o Options) *cobra.Command {
	var data, note string
	c := &cobra.Command{
		Use: "close NUMBER|PACKET --note TEXT --data DIR", Short: "Say that a refused application was dealt with", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return writing(c, o, data, func(reg *registry.Registry) error { return reg.CloseRefusal(c.Context(), args[0], note, whoever()) })
		},
	}
	dataFlag(c, &data)
	c.Flags().StringVar(&note, "note", "", "what was done, and by whom")
	required(c, "note")
	return c
}

// refusedLine is a refusal with whom to call.
type refusedLine struct {
	registry.Refusal
	casebook.Applicant
}

func refusedLines(c *cobra.Command, o Options, data string, reg *registry.Registry, all, people bool) ([]refusedLine, error) {
	refusals, err := reg.Refusals(c.Context(), all)
	if err != nil {
		return nil, err
	}
	lines := make([]refusedLine, 0, len(refusals))
	for _, r := range refusals {
		lines = append(lines, refusedLine{Refusal: r})
	}
	if !people {
		return lines, nil
	}
	book, err := openBook(o, data, reg)
	if err != nil {
		return nil, err
	}
	for i := range lines {
		if err := reg.Trace(c.Context(), registry.Trace{Actor: whoever(), Action: registry.TrailPeople, Subject: lines[i].Packet}); err != nil {
			return nil, err
		}
		lines[i].Applicant, _ = book.Applicant(c.Context(), lines[i].Packet) // one that does not open stays as it is
	}
	return lines, nil
}

// openBook opens what the platform holds, with its key.
func openBook(o Options, data string, reg *registry.Registry) (casebook.Book, error) {
	a, err := loadAuthority(o, data)
	if err != nil {
		return casebook.Book{}, err
	}
	return casebook.Book{Registry: reg, Authority: a, Path: (&intake.Intake{Options: intake.Options{Dir: data}}).Path}, nil
}

// whoever is the machine's user who runs a command, for the audit trail.
func whoever() string {
	account, err := user.Current()
	if err != nil {
		return "command:?"
	}
	return "command:" + account.Username
}

func printRefused(to io.Writer, lines []refusedLine) error {
	for _, l := range lines {
		number := l.Case
		if number == "" {
			number = l.Packet
		}
		state := "waits"
		if !l.Ended.IsZero() {
			state = l.How + " " + l.Ended.In(casefile.Zone).Format("2006-01-02 15:04")
		}
		for _, more := range []string{l.Successor, l.Note} {
			if more != "" {
				state += " " + more
			}
		}
		who := ""
		if l.Name != "" || l.Phone != "" {
			who = "  " + l.Name + " " + l.Phone
		}
		_, err := fmt.Fprintf(to, "%s  %s  %s%s  item %s  %s: %s  %s%s\n", number, l.At.In(casefile.Zone).Format(time.DateOnly), l.Terminal, point(l.Point), l.Item, l.Code, l.Reason, state, who)
		if err != nil {
			return err
		}
	}
	return nil
}

func point(name string) string {
	if name == "" {
		return ""
	}
	return " " + name
}

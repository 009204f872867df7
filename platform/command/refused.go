package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
		RunE: func(c *cobra.Command, _ []string) (err error) {
			reg, err := registry.OpenReader(c.Context(), data)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, reg.Close()) }()
			refusals, err := reg.Refusals(c.Context(), all)
			if err != nil {
				return err
			}
			lines := make([]refusedLine, 0, len(refusals))
			for _, r := range refusals {
				lines = append(lines, refusedLine{Refusal: r})
			}
			if people {
				if err := open(c, o, data, reg, lines); err != nil {
					return err
				}
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), lines)
			}
			return printRefused(c.OutOrStdout(), lines)
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
			return writing(c, o, data, func(reg *registry.Registry) error { return reg.CloseRefusal(c.Context(), args[0], note) })
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
	Name  string `json:"name,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// open looks into the refused packets for whom to call. One that does not open stays as it is.
func open(c *cobra.Command, o Options, data string, reg *registry.Registry, lines []refusedLine) error {
	a, err := loadAuthority(o, data)
	if err != nil {
		return err
	}
	book := casebook.Book{Registry: reg, Authority: a, Path: (&intake.Intake{Options: intake.Options{Dir: data}}).Path}
	for i := range lines {
		content, err := book.Event(c.Context(), lines[i].Packet)
		if err != nil {
			continue
		}
		event, err := casefile.ParseEvent(content)
		if err != nil || event.Submission == nil {
			continue
		}
		lines[i].Name = event.Submission.Applicant.Name
		var values map[string]any
		if json.Unmarshal(event.Submission.Values, &values) == nil {
			for _, name := range []string{"phone", "mobile", "telephone"} {
				if text, is := values[name].(string); is && text != "" && lines[i].Phone == "" {
					lines[i].Phone = text
				}
			}
		}
	}
	return nil
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

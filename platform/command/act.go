package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"bianmin/core/casefile"
	"bianmin/platform/department"
	"bianmin/platform/registry"
)

type actFlags struct {
	data, terminal, reason string
	asJSON                 bool
	points                 string   // file
	point                  []string // each one point
	days                   int
	branch                 casefile.Branch
	outcome                casefile.Outcome
	document               string // file
	paper                  casefile.ResultDocument
	appointment            casefile.Appointment
	payment                casefile.Payment
}

// acts are what a department can do, with the flags that belong to each.
var acts = map[string][]string{
	"accept":   {"department", "text"},
	"progress": {"department", "state", "text"},
	"return":   {"points", "point", "days", "reason"},
	"finish":   {"result", "way", "bring", "document", "document-number", "issuer"},
	"reject":   {"reason"},
	"pay":      {"id", "state", "name", "fen", "receipt", "date"},
	"appoint":  {"terminal", "id", "kind", "state", "date", "time", "village", "address", "name", "phone", "item", "note"},
}

func actCommand(o Options) *cobra.Command {
	var f actFlags
	c := &cobra.Command{
		Use:   "act [CASE] accept|progress|return|finish|reject|pay|appoint",
		Short: "Play the department: write its word on a case, which its terminals then hear",
		Long: "Works on the data folder of a running or a stopped platform. An act that the case's state does not allow is refused.\n\n" +
			"accept: the department begins. progress: one department's branch moves. return: something must be corrected, all of it told at once.\n" +
			"pay: money to the state is due (--date is the last day), paid or refunded (with --receipt and --date), or cancelled; --id names one that was told before.\n" +
			"appoint: a visit or an appointment, of a case, or with --terminal of a point.",
		Example: `  platform act QH0301A-261122-0042-X accept --department 望河县民政局 --data P
  platform act QH0301A-261122-0042-X return --point "material=hukou,page=3,text=第三页看不清" --days 5 --data P
  platform act QH0301A-261122-0042-X finish --result 高龄津贴批准通知 --way pickup --bring 身份证 --data P
  platform act QH0301A-261122-0042-X pay --name 不动产登记费 --fen 8000 --state due --date 2026-12-05 --data P
  platform act appoint --terminal QH0301 --kind visit --date 2026-11-26 --time 09:30 --village 柳树沟村 --address 3组12号 --name 王小丫 --phone 13800000000 --data P`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error { return f.run(c, o, args) },
	}
	dataFlag(c, &f.data)
	flags := c.Flags()
	flags.BoolVar(&f.asJSON, "json", false, "print what was done as JSON")
	flags.StringVar(&f.branch.Department, "department", "", "the department's name")
	flags.StringVar(&f.branch.State, "state", "", "progress: waiting, working, done or rejected; appoint: set, moved or cancelled; pay: due, paid, refunded or cancelled")
	flags.Int64Var(&f.payment.Fen, "fen", 0, "amount of a payment")
	flags.StringVar(&f.payment.Receipt, "receipt", "", "number of the official receipt")
	flags.StringVar(&f.branch.Text, "text", "", "what the department says about its part")
	flags.StringVar(&f.points, "points", "", "file with the points of a notice, a JSON list")
	flags.StringArrayVar(&f.point, "point", nil, `one point, "material=code,page=3,text=…" or "field=name,text=…"; text comes last`)
	flags.IntVar(&f.days, "days", 5, "working days to answer a notice in")
	flags.StringVar(&f.reason, "reason", "", "the reason, for people")
	flags.StringVar(&f.outcome.Result, "result", "", "what the person gets")
	flags.StringVar(&f.outcome.Way, "way", "pickup", "pickup, print or none")
	flags.StringVar(&f.outcome.Bring, "bring", "", "what the person must bring")
	flags.StringVar(&f.document, "document", "", "finish --way print: text file of what is printed at the desk: the title, then a paragraph a line; the result alone without it")
	flags.StringVar(&f.paper.Number, "document-number", "", "finish --way print: the department's number of the result")
	flags.StringVar(&f.paper.Issuer, "issuer", "", "finish --way print: who issues the result")
	flags.StringVar(&f.terminal, "terminal", "", "terminal number of the point, for an appointment that belongs to no case")
	a := &f.appointment
	for _, flag := range []struct {
		to              *string
		name, or, usage string
	}{
		{&a.ID, "id", "", "the appointment that is moved or cancelled, or the payment that was told of before"},
		{&a.Kind, "kind", "visit", "visit, or point"},
		{&a.Date, "date", "", "day, 2026-11-25"},
		{&a.Time, "time", "", "time of day, 09:30"},
		{&a.Village, "village", "", "village"},
		{&a.Address, "address", "", "where"},
		{&a.Name, "name", "", "whom; or what is paid for"},
		{&a.Phone, "phone", "", "telephone"},
		{&a.Item, "item", "", "what for"},
		{&a.Note, "note", "", "note for the agent"},
	} {
		flags.StringVar(flag.to, flag.name, flag.or, flag.usage)
	}
	return c
}

// anyAct tells whether a flag belongs to acts at all.
func anyAct(flag string) bool {
	for _, flags := range acts {
		if slices.Contains(flags, flag) {
			return true
		}
	}
	return false
}

func (f actFlags) run(c *cobra.Command, o Options, args []string) (err error) {
	verb := args[len(args)-1]
	own, known := acts[verb]
	if !known {
		return fmt.Errorf("%q is no act of a department", verb)
	}
	var stray error
	c.Flags().Visit(func(flag *pflag.Flag) {
		if anyAct(flag.Name) && !slices.Contains(own, flag.Name) {
			stray = fmt.Errorf("--%s does not belong to %s", flag.Name, verb)
		}
	})
	if stray != nil {
		return stray
	}
	update, err := f.update(verb, o.Now())
	if err != nil {
		return err
	}
	if len(args) == 2 {
		update.Case = casefile.Number(args[0])
	}
	authority, err := loadAuthority(o, f.data)
	if err != nil {
		return err
	}
	reg, err := registry.Open(c.Context(), f.data, o.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reg.Close()) }()
	office := department.Office{Registry: reg, Authority: authority, Now: o.Now}
	done, err := office.Act(c.Context(), update, f.terminal)
	if err != nil {
		return err
	}
	if f.asJSON {
		return printJSON(c.OutOrStdout(), done)
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "%s  %s  %s  for %s\n", done.ID, done.Kind, done.State, strings.Join(done.Terminals, ", "))
	return err
}

// write makes the document of a result that is printed at the desk.
func (f *actFlags) write(today time.Time) error {
	if f.outcome.Way != "print" {
		if f.document != "" || f.paper.Number != "" || f.paper.Issuer != "" {
			return errors.New("--document, --document-number and --issuer go with --way print")
		}
		return nil
	}
	f.paper.Title, f.paper.Text, f.paper.Issued = f.outcome.Result, []string{f.outcome.Result}, today.In(casefile.Zone).Format(time.DateOnly)
	if f.document != "" {
		content, err := os.ReadFile(f.document)
		if err != nil {
			return fmt.Errorf("read the result's document: %w", err)
		}
		title, text, _ := strings.Cut(strings.TrimSpace(string(content)), "\n")
		f.paper.Title, f.paper.Text = strings.TrimSpace(title), nil
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" {
				f.paper.Text = append(f.paper.Text, line)
			}
		}
	}
	f.outcome.Document = &f.paper
	return nil
}

// update makes the act's content; what is wrong with it is the department's to say.
func (f actFlags) update(verb string, today time.Time) (casefile.Update, error) {
	switch verb {
	case "accept":
		f.branch.State = "working"
		return casefile.Update{Kind: casefile.PlatformProgress, Branch: &f.branch}, nil
	case "progress":
		return casefile.Update{Kind: casefile.PlatformProgress, Branch: &f.branch}, nil
	case "return":
		points, err := f.notice()
		return casefile.Update{Kind: casefile.PlatformReturned, Reason: f.reason, Notice: &casefile.Notice{Points: points, Days: f.days}}, err
	case "finish":
		if err := f.write(today); err != nil {
			return casefile.Update{}, err
		}
		return casefile.Update{Kind: casefile.PlatformFinished, Outcome: &f.outcome}, nil
	case "reject":
		return casefile.Update{Kind: casefile.PlatformRejected, Reason: f.reason}, nil
	case "pay":
		p := f.payment
		p.ID, p.Name, p.State, p.On = f.appointment.ID, f.appointment.Name, f.branch.State, f.appointment.Date
		return casefile.Update{Kind: casefile.PlatformPayment, Payment: &p}, nil
	}
	f.appointment.State = f.branch.State
	if f.appointment.State == "" {
		f.appointment.State = "set"
	}
	if (f.appointment.State == "set") != (f.appointment.ID == "") {
		return casefile.Update{}, errors.New("--id names the appointment that is moved or cancelled, and goes with --state moved or cancelled")
	}
	return casefile.Update{Kind: casefile.PlatformAppointed, Appointment: &f.appointment}, nil
}

// notice reads the points; one without an id gets its place in the list.
func (f actFlags) notice() ([]casefile.NoticePoint, error) {
	var points []casefile.NoticePoint
	if f.points != "" {
		content, err := os.ReadFile(f.points)
		if err != nil {
			return nil, fmt.Errorf("read the points: %w", err)
		}
		if err := json.Unmarshal(content, &points); err != nil {
			return nil, fmt.Errorf("read the points of %s: %w", f.points, err)
		}
	}
	for _, text := range f.point {
		point, err := parsePoint(text)
		if err != nil {
			return nil, err
		}
		points = append(points, point)
	}
	for i := range points {
		if points[i].ID == "" {
			points[i].ID = fmt.Sprint(i + 1)
		}
	}
	return points, nil
}

// parsePoint reads "material=code,page=3,text=…"; the text may hold commas.
func parsePoint(s string) (casefile.NoticePoint, error) {
	var p casefile.NoticePoint
	head, text, found := strings.Cut(s, "text=")
	if !found || (head != "" && !strings.HasSuffix(head, ",")) {
		return p, errors.New("--point needs text=… as its last part")
	}
	p.Text = text
	for _, part := range strings.Split(strings.TrimSuffix(head, ","), ",") {
		name, value, _ := strings.Cut(part, "=")
		switch name {
		case "id":
			p.ID = value
		case "material":
			p.Material = value
		case "field":
			p.Field = value
		case "page":
			var err error
			if p.Page, err = strconv.Atoi(value); err != nil {
				return p, errors.New("--point: the page is a number")
			}
		case "":
		default:
			return p, fmt.Errorf("--point knows id, material, page, field and text, not %q", name)
		}
	}
	return p, nil
}

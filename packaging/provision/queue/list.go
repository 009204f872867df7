package queue

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/text"
	"bianmin/packaging/provision/printed"
	"bianmin/packaging/provision/records"
	"bianmin/store"
	"bianmin/store/terminal"
	"bianmin/sync/edition"
)

// words are a sentence in both languages.
type words struct {
	Chinese string `json:"zh"`
	English string `json:"en"`
}

// Packet is what is told of one packet.
type Packet struct {
	Case     casefile.Number    `json:"case"`
	Packet   string             `json:"packet"`
	Sequence int                `json:"sequence"`
	Kind     casefile.EventKind `json:"kind"`
	Item     string             `json:"item,omitempty"` // code
	ItemName string             `json:"itemName,omitempty"`
	State    string             `json:"state"`
	Why      string             `json:"why"` // a key: link.… of the network, why.… of its own
	Means    words              `json:"means"`
	Since    time.Time          `json:"since"`
	Attempts int                `json:"attempts"`
	Next     *time.Time         `json:"next,omitempty"`
	Held     int64              `json:"held"` // bytes that the platform surely holds
	Total    int64              `json:"total"`
	Moving   bool               `json:"moving,omitempty"`
	Remark   *Remark            `json:"remark,omitempty"` // who put it aside, and why
}

// Remark is what somebody wrote when he put a case aside.
type Remark struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Report is what "list" and "show" print as JSON.
type Report struct {
	Waiting int        `json:"waiting"`
	Bytes   int64      `json:"bytes"`
	Refused int        `json:"refused"`
	Held    int        `json:"held"`
	Oldest  *time.Time `json:"oldest,omitempty"`
	Link    Link       `json:"link"`
	Packets []Packet   `json:"packets"`
	More    int        `json:"more"` // not listed
}

// Link is how the line stands, as the sender says.
type Link struct {
	Silent bool       `json:"silent,omitempty"` // the sender has said nothing of late
	Why    string     `json:"why,omitempty"`    // "" while the platform is reached
	Hold   string     `json:"hold,omitempty"`
	Since  *time.Time `json:"since,omitempty"`
	Next   *time.Time `json:"next,omitempty"`
}

// look reads the queue of a case, "" for all.
func (t *tool) look(ctx context.Context, number casefile.Number, limit int) (out Report, err error) {
	err = records.Open(ctx, t.config, func(m records.Machine) error {
		counts, err := m.Store.Counts(ctx)
		if err != nil {
			return err
		}
		link := terminal.LinkOf(m.Settings.Data, t.now())
		lines, err := terminal.Lines(ctx, m.Store, link, number, limit)
		if err != nil {
			return err
		}
		if number != "" && len(lines) == 0 {
			return errNoCase
		}
		out = Report{Waiting: counts.Waiting, Bytes: counts.Bytes, Refused: counts.Refused, Held: counts.Held, Oldest: known(counts.Oldest), Packets: []Packet{}}
		out.Link = Link{Silent: link.Silent, Why: link.Why, Hold: link.Hold, Since: known(link.Since), Next: known(link.Next)}
		if number == "" {
			out.More = max(0, counts.Waiting+counts.Refused+counts.Held-len(lines))
		}
		items := itemNames(ctx, m)
		for _, line := range lines {
			one := t.packet(line, items)
			if one.Remark, err = remark(ctx, m.Store, line); err != nil {
				return err
			}
			out.Packets = append(out.Packets, one)
		}
		return nil
	})
	return out, err
}

func known(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	at = at.UTC()
	return &at
}

func remark(ctx context.Context, s *store.Store, line casefile.QueueLine) (*Remark, error) {
	if line.Why != "still.held" {
		return nil, nil //nolint:nilnil // nobody put it aside
	}
	r, err := s.HeldBecause(ctx, line.Case)
	if err != nil || r.At.IsZero() {
		return nil, err
	}
	return &Remark{By: r.By, At: r.At.UTC(), Reason: r.Reason}, nil
}

// itemNames gives the names of the catalogue in force; a catalogue that does not serve costs only the names.
func itemNames(ctx context.Context, m records.Machine) func(code string) string {
	set, err := catalogue.Load(edition.Choose(ctx, m.Settings.Data, m.Settings.Catalogue, assets.Catalogue()).Files)
	return func(code string) string {
		if err != nil {
			return ""
		}
		item, ok := set.Item(code)
		if !ok {
			return ""
		}
		return item.Name.In(text.Chinese)
	}
}

func (t *tool) packet(line casefile.QueueLine, name func(string) string) Packet {
	return Packet{
		Case: line.Case, Packet: line.Packet, Sequence: line.Sequence, Kind: line.Kind, Item: line.Item, ItemName: name(line.Item), State: line.State,
		Why: line.Why, Means: words{t.sentence(text.Chinese, line.Why), t.sentence(text.English, line.Why)}, Since: line.Since.UTC(), Attempts: line.Attempts,
		Next: known(line.Next), Held: line.Held, Total: line.Total, Moving: line.Moving,
	}
}

// list prints the queue of a case, "" for all.
func (t *tool) list(ctx context.Context, number casefile.Number) error {
	limit := t.limit
	if number != "" {
		limit = 1000
	}
	out, err := t.look(ctx, number, limit)
	if err != nil {
		return t.refusal(err)
	}
	if t.json {
		err = printed.JSON(t.out, out)
	} else {
		err = t.tell(out, number != "")
	}
	if err != nil {
		return err
	}
	return t.attention(out, number)
}

// attention says that something needs somebody; nil when nothing does.
func (t *tool) attention(out Report, number casefile.Number) error {
	n := out.Refused + out.Held
	if number != "" {
		n = 0
		for _, p := range out.Packets {
			if p.State != casefile.LineWaiting {
				n++
			}
		}
	}
	if n == 0 {
		return nil
	}
	return &AttentionError{t.both("queue.attention", args{"n": n})}
}

func (t *tool) tell(out Report, one bool) error {
	var lines []string
	add := func(key string, with args) { lines = append(lines, t.both("queue."+key, with)) }
	if !one {
		if len(out.Packets) == 0 {
			add("empty", nil)
		} else {
			add("sum", args{"waiting": out.Waiting, "size": text.Size(out.Bytes), "refused": out.Refused, "held": out.Held})
		}
		if out.Oldest != nil {
			add("oldest", args{"since": stamp(*out.Oldest)})
		}
		lines = append(lines, t.line(out.Link)...)
	}
	for _, p := range out.Packets {
		lines = append(lines, t.lines(p, one)...)
	}
	if out.More > 0 {
		add("more", args{"n": out.More})
	}
	return t.print(strings.Join(lines, "\n"))
}

// line says how the network stands.
func (t *tool) line(link Link) (lines []string) {
	why := "link." + link.Why
	if link.Silent {
		why = "still.silent"
	}
	if !link.Silent && link.Why == "" {
		lines = append(lines, t.both("queue.link-on", nil))
	} else {
		in := func(lang text.Lang) string {
			return t.words.T(lang, "queue.link-off", args{"is": t.words.T(lang, why+".is", nil), "do": t.words.T(lang, why+".do", nil)})
		}
		lines = append(lines, in(text.Chinese)+" / "+in(text.English))
	}
	if link.Hold != "" {
		in := func(lang text.Lang) string {
			return t.words.T(lang, "queue.hold", args{"is": t.words.T(lang, "hold."+link.Hold, nil)})
		}
		lines = append(lines, in(text.Chinese)+" / "+in(text.English))
	}
	return lines
}

// lines are what is said of one packet: two lines, and more of a case that is asked for.
func (t *tool) lines(p Packet, whole bool) []string {
	item, state := p.ItemName, p.State
	if p.Moving {
		state = "moving"
	}
	if item == "" {
		item = p.Item
	}
	head := strings.Join(strings.Fields(fmt.Sprintf("[%s] %s  %s  %s", t.both("queue.state."+state, nil), p.Case, item, t.kind(p.Kind))), " ")
	all := []string{head, "    " + t.reasonOf(p.Why)}
	facts := []string{t.both("queue.since", args{"since": stamp(p.Since)}), t.both("queue.sent", args{"held": text.Size(p.Held), "total": text.Size(p.Total)})}
	if p.Attempts > 0 {
		facts = append(facts, t.both("queue.tries", args{"n": p.Attempts}))
	}
	if p.Next != nil && p.Next.After(t.now()) {
		facts = append(facts, t.both("queue.next", args{"next": stamp(*p.Next)}))
	}
	all = append(all, "    "+strings.Join(facts, "；"))
	if p.Remark != nil {
		all = append(all, "    "+t.both("queue.set-aside", args{"at": stamp(p.Remark.At), "by": p.Remark.By, "reason": text.Shown(p.Remark.Reason)}))
	}
	if whole {
		all = append(all, "    "+t.both("queue.packet", args{"packet": p.Packet}))
	}
	return all
}

// why says of a case only why it is still here.
func (t *tool) why(ctx context.Context, with []string) error {
	number := casefile.Number(with[0])
	out, err := t.look(ctx, number, 1000)
	if err != nil {
		return t.refusal(err)
	}
	if t.json {
		err = printed.JSON(t.out, out.Packets)
	} else {
		said := map[string]bool{}
		for _, p := range out.Packets {
			if said[p.Why] {
				continue
			}
			said[p.Why] = true
			if err = t.print(t.reasonOf(p.Why)); err != nil {
				break
			}
		}
	}
	if err != nil {
		return err
	}
	return t.attention(out, number)
}

package packet_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bianmin/core/casefile"
	"bianmin/sync/packet"
)

// TestEvaluationsLookAlike: rated well, rated badly at length, declined, not
// offered: every packet has the same length, and opens to what was said.
func TestEvaluationsLookAlike(t *testing.T) {
	f := setUp(t)
	evaluation := func(level int, text string, reasons ...string) casefile.Event {
		e := sampleEvent()
		e.Kind, e.Submission = casefile.Evaluated, nil
		e.Evaluation = &casefile.Evaluation{Level: level, Text: text, Reasons: reasons, Times: 1}
		return e
	}
	unrated := func(why, reason string) casefile.Event {
		e := sampleEvent()
		e.Kind, e.Submission, e.Unrated = casefile.Unevaluated, nil, &casefile.Unrated{Why: why, Reason: reason}
		return e
	}
	longer := evaluation(2, "")
	longer.Case, longer.Sequence = "QH0301A-261122-123456-X", 17
	lengths := map[int64][]string{}
	for name, event := range map[string]casefile.Event{
		"content": evaluation(5, ""), "neutral": evaluation(3, "还行"), "longer number": longer,
		"angry":    evaluation(1, strings.Repeat("等得太久了", 100), "slow", "rude", "twice"),
		"declined": unrated("declined", ""), "not offered": unrated("not-offered", "委托人不在场"),
	} {
		for i := range 20 { // signatures differ in length by themselves
			built, err := packet.Build(f.identity, event, nil)
			if err != nil {
				t.Fatal(err)
			}
			lengths[built.Total] = append(lengths[built.Total], fmt.Sprint(name, i))
			opened, err := f.opener.Open(built.Head)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if got := opened.Event; event.Evaluation != nil && (got.Evaluation == nil || got.Evaluation.Text != event.Evaluation.Text || got.Evaluation.Level != event.Evaluation.Level) {
				t.Errorf("%s became %+v", name, got.Evaluation)
			}
		}
	}
	if len(lengths) != 1 {
		t.Errorf("the lengths tell them apart: %v", lengths)
	}
}

// TestReferences: whatever the kind of event, each attachment it names must be there.
func TestReferences(t *testing.T) {
	pages := func(digest string) []casefile.Page { return []casefile.Page{{Attachment: digest}} }
	signed := func(digest string) *casefile.Signature { return &casefile.Signature{Attachment: digest} }
	event := casefile.Event{
		Submission: &casefile.Submission{
			Materials: []casefile.Material{{Pages: pages("a")}}, Signature: signed("b"), Delegation: &casefile.Delegation{Pages: pages("c")},
		},
		Correction: &casefile.Correction{Materials: []casefile.Material{{Pages: pages("d")}}, Signature: signed("e")},
		Turn:       &casefile.Turn{Pages: pages("f")}, Papers: &casefile.PaperMove{Signature: signed("g")},
		Delivery: &casefile.Delivery{Signature: signed("h")}, Day: &casefile.DayClosing{Signature: signed("i")},
		Sheet: &casefile.Sheet{Signature: signed("j")},
	}
	if got := packet.References(event); !slices.Equal(got, strings.Split("abcdefghij", "")) {
		t.Errorf("got %v", got)
	}
	if got := packet.References(casefile.Event{Correction: &casefile.Correction{}, Papers: &casefile.PaperMove{Signature: signed("")}}); len(got) != 0 {
		t.Errorf("got %v of nothing", got)
	}
}

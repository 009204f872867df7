package packet_test

import (
	"strings"
	"testing"

	"bianmin/core/casefile"
	"bianmin/sync/packet"
	"bianmin/sync/seal/sealtest"
)

// TestPaddedPacketsAreEquallyLong: from outside nobody sees what was rated, or whether.
func TestPaddedPacketsAreEquallyLong(t *testing.T) {
	identity := sealtest.New(t).Enrol(t, t.TempDir(), "QH0301", "A")
	frame := casefile.Event{
		Version: 1, ID: strings.Repeat("ab", 16), Case: "QH0301A-261122-0001-3", Sequence: 2, Kind: casefile.Evaluated,
		Terminal: "QH0301", Generation: "A", Point: "柳树沟村便民服务点", Region: "990102103004", Actor: "agent:301001", Nonce: strings.Repeat("cd", 16),
	}
	rated := func(level int, text string, reasons ...string) casefile.Event {
		e := frame
		e.Evaluation = &casefile.Evaluation{Level: level, Text: text, Reasons: reasons, Times: 1}
		return e
	}
	unrated := func(why, reason string) casefile.Event {
		e := frame
		e.Kind, e.Unrated = casefile.Unevaluated, &casefile.Unrated{Why: why, Reason: reason}
		return e
	}
	lengths := map[int]int{}
	for _, e := range []casefile.Event{
		rated(5, ""), rated(1, strings.Repeat("排队很久，窗口没有人，问了三次", 12), "slow", "attitude"),
		unrated("declined", ""), unrated("not-offered", "群众已离开，材料由村委会转交"),
	} {
		for range 5 {
			padded, err := packet.Pad(e)
			if err != nil {
				t.Fatal(err)
			}
			built, err := packet.Build(identity, padded, nil)
			if err != nil {
				t.Fatal(err)
			}
			lengths[len(built.Head)]++
		}
	}
	if len(lengths) != 1 {
		t.Errorf("lengths of padded packets: %v", lengths)
	}
	built, err := packet.Build(identity, rated(5, ""), nil)
	if err != nil || lengths[len(built.Head)] > 0 {
		t.Errorf("without padding it has the same length %d: the test sees nothing (%v)", len(built.Head), err)
	}
}

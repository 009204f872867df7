package view

import (
	"testing"
	"time"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/casefile"
)

// TestTwoPacketsOfOneCase: of two packets of one case each is chosen by itself, with its own reason, and none is told by a code.
func TestTwoPacketsOfOneCase(t *testing.T) {
	line := func(packet, why string, kind casefile.EventKind) agency.QueueLine {
		return agency.QueueLine{QueueLine: casefile.QueueLine{Packet: packet, Case: "QH0301A-261115-0020-0", Kind: kind, State: casefile.LineWaiting, Why: why, Since: time.Now()}}
	}
	view := &desk.SyncView{Lines: []agency.QueueLine{
		line("p1", "still.local-file", casefile.Submitted), line("p2", "still.earlier-event", casefile.Corrected), line("p3", "odd", casefile.Urged),
	}, Chosen: "p1"}
	s := desk.State{Page: desk.Sync, Lang: "zh", Now: time.Now(), Sync: view}
	g := newStage(t, s)
	shown := g.pages[desk.Sync].(*syncPage) //nolint:forcetypeassert // the test fails then
	if got := shown.why.Text(); got != "本机上的扫描件读不出来。请维护人员来，不要换硬盘、不要重装。" {
		t.Errorf("the first says %q", got)
	}
	g.press("Down")
	if len(g.said) == 0 || g.said[len(g.said)-1] != (desk.Event)(desk.PickQueue{Packet: "p2"}) {
		t.Errorf("the second is not chosen: %+v", g.said)
	}
	next := *view
	next.Chosen, s.Sync = "p3", &next
	g.Show(s)
	if got := shown.why.Text(); got != "排着队，马上就送。不用做什么。" {
		t.Errorf("a code without words says %q", got)
	}
}

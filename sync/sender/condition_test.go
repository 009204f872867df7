package main

import (
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/platform/registry"
	"bianmin/store"
	"bianmin/sync/reported"
	"bianmin/sync/wire"
)

// TestConditionReachesThePlatform: what the program at the screen wrote about its devices goes out with the real sender.
func TestConditionReachesThePlatform(t *testing.T) {
	w := newWorld(t)
	w.startPlatform("")
	w.enrol()
	told := reported.Told{At: time.Now().UTC(), Devices: []drivers.Status{{Role: "printer", Condition: "userError", Paper: "out", Fault: "paper-out", Serial: "S1"}}}
	if err := reported.Save(w.terminal, told); err != nil {
		t.Fatal(err)
	}
	if err := w.desk.Store().Audit(t.Context(), store.Entry{Actor: "terminal", Action: "act"}); err != nil {
		t.Fatal(err)
	}
	w.startSender("")
	reg, err := registry.OpenReader(t.Context(), w.platform)
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	var c *wire.Condition
	var o *wire.Outbox
	var trail *wire.AuditHead
	await(t, "the heartbeat", func() bool {
		m, err := reg.Member(t.Context(), "QH0301")
		if err != nil {
			t.Fatal(err)
		}
		if m.Beat != nil {
			c, o, trail = m.Beat.Said.Condition, m.Beat.Said.Outbox, m.Beat.Said.Audit
		}
		return c != nil
	})
	if len(c.Devices) != 1 || c.Devices[0] != reported.Wire(told.Devices)[0] || !c.DevicesAt.Equal(told.At) || c.DiskFree <= 0 || c.DiskTotal < c.DiskFree {
		t.Errorf("the platform heard %+v", c)
	}
	if o == nil || o.Bytes != 0 || o.Held != 0 || o.Hold != "" {
		t.Errorf("of its queue the platform heard %+v", o)
	}
	if entries, head, err := w.desk.Store().AuditHead(t.Context()); err != nil || trail == nil || trail.Entries < 1 || trail.Entries > entries || (trail.Entries == entries && trail.Head != head) {
		t.Errorf("of its audit trail the platform heard %+v, it is %d %s, %v", trail, entries, head, err)
	}
}

// TestLastTroubleIsTold: the platform hears when it was not reached, and why, once it is reached again.
func TestLastTroubleIsTold(t *testing.T) {
	r := &reporter{}
	r.because("", time.Time{})
	if r.line().Trouble != nil {
		t.Error("trouble was told of that never was")
	}
	r.because("portal", time.Time{})
	if r.line().Trouble != nil {
		t.Error("trouble was told of that is not over")
	}
	r.because("portal", time.Time{})
	r.because("", time.Time{})
	told := r.line().Trouble
	if told == nil || told.Why != "portal" || told.Since.IsZero() || told.Until.Before(told.Since) {
		t.Errorf("%+v", told)
	}
}

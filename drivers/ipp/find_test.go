package ipp_test

import (
	"strings"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/ipp"
	"bianmin/drivers/sim/document"
)

// TestQueues asks a real CUPS: none at first, then two, the default one first, and what is printed there comes out of the printer behind it.
func TestQueues(t *testing.T) {
	server, err := document.StartServer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	queues := func() []ipp.Found {
		t.Helper()
		found, err := ipp.Queues(t.Context(), server.Address(), quick())
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if found := queues(); len(found) != 0 {
		t.Errorf("a server without queues has %+v", found)
	}
	far := plugIn(t)
	for _, name := range []string{"archive", "office"} {
		if err := server.AddQueue(t.Context(), name, far.Link()); err != nil {
			t.Fatal(err)
		}
	}
	if err := server.SetDefault(t.Context(), "office"); err != nil {
		t.Fatal(err)
	}
	found := queues()
	if len(found) != 2 || found[0].Name != "office" || !found[0].Default || found[1].Default || found[0].Link != server.Link("office") ||
		found[0].Status.Condition != drivers.Online || found[0].Status.Role != drivers.RoleDocument || found[0].Status.Model == "" {
		t.Fatalf("%+v", found)
	}
	p := open(t, found[0].Link, ipp.Options{Poll: 50 * time.Millisecond})
	if report, err := p.Print(t.Context(), "测试", page(t)); err != nil || report.Outcome != drivers.Printed {
		t.Errorf("printed by the queue: %+v, %v", report, err)
	}
	if files, err := far.Printed(); err != nil || len(files) != 1 {
		t.Errorf("%d files came out, %v", len(files), err)
	}
}

// TestPrinters: of many addresses those are given at which a printer answers.
func TestPrinters(t *testing.T) {
	far, away := plugIn(t), plugIn(t)
	address := func(p *document.Printer) string { return strings.Split(p.Link(), "/")[2] }
	away.Unplug()
	found := ipp.Printers(t.Context(), []string{address(away), "127.0.0.1:1", address(far)}, quick())
	if len(found) != 1 || found[0].Link != far.Link() || found[0].Status.Model == "" {
		t.Errorf("%+v", found)
	}
	if _, err := ipp.Queues(t.Context(), address(away), quick()); drivers.FaultOf(err) != drivers.FaultUnplugged {
		t.Errorf("a server that is not there: %v", err)
	}
	if queues, err := ipp.Queues(t.Context(), address(far), quick()); err == nil && len(queues) > 0 {
		t.Errorf("a printer was taken for a print server: %+v", queues)
	}
}

package commission_test

import (
	"strings"
	"testing"

	"bianmin/drivers"
	"bianmin/drivers/sim/document"
	"bianmin/packaging/commission"
	"bianmin/packaging/settings"
	"bianmin/platform/platformtest"
)

// TestPagePrinterFound: nobody names an A4 printer. The print server's default queue is proposed and tried, another queue is
// offered, the printer behind both is not found once more, and the report comes out of it.
func TestPagePrinterFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, platformtest.Start(t, platformtest.Options{}))
	server, err := document.StartServer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, name := range []string{"archive", "office"} {
		if err := server.AddQueue(t.Context(), name, w.stand.DocumentLink()); err != nil {
			t.Fatal(err)
		}
	}
	if err := server.SetDefault(t.Context(), "office"); err != nil {
		t.Fatal(err)
	}
	answers := w.answers("QH0301")
	delete(answers.Terminal, "devices")
	answers.Test = []string{"page"}
	o := options(w.words, w.root, answers)
	w.listening(server.Config(), w.stand.DocumentLink())
	technician := &person{answers: answers}
	o.Technician = technician
	if _, err := commission.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	var offered []string
	for _, f := range technician.found {
		if f.Role == drivers.RoleDocument {
			offered = append(offered, f.Name)
			if f.Second != (len(offered) > 1) || f.Model == "" || f.Given {
				t.Errorf("%+v", f)
			}
		}
	}
	if want := server.Link("office") + " " + server.Link("archive"); strings.Join(offered, " ") != want {
		t.Errorf("offered %q, want %s", offered, want)
	}
	kept, err := settings.Read(o.Config)
	if err != nil || kept.Devices.Document == nil || kept.Devices.Document.Link != server.Link("office") {
		t.Fatalf("kept %+v, %v", kept.Devices.Document, err)
	}
	for _, d := range w.fit("QH0301A", "bianmin-kiosk.service").Devices {
		if d.Role == drivers.RoleDocument && d.Result != commission.Passed {
			t.Errorf("%+v", d)
		}
	}
	if documents, err := w.stand.Documents(); err != nil || len(documents) != 2 {
		t.Errorf("test page and report: %v, %v", documents, err)
	}
}

// TestNoPagePrinter: where no print server runs and nobody answers, the setup goes on without one.
func TestNoPagePrinter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, platformtest.Start(t, platformtest.Options{}))
	answers := w.answers("QH0301")
	delete(answers.Terminal, "devices")
	o := options(w.words, w.root, answers)
	w.install("etc/cups/cupsd.conf", "Listen localhost:1\n")
	w.install("etc/ipp-usb/ipp-usb.conf", "http-min-port = 2\nhttp-max-port = 4\n")
	if _, err := commission.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if kept, err := settings.Read(o.Config); err != nil || kept.Devices.Document != nil || kept.Devices.Printer == nil {
		t.Errorf("%+v, %v", kept.Devices, err)
	}
}

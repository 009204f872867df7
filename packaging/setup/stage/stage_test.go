package stage_test

import (
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/packaging/setup/lines"
	"bianmin/packaging/setup/stage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	askCode   = ask(lines.Question{What: lines.Enrolment})
	enrolled  = say("enrolled", map[string]string{"terminal": "QH0301A", "point": "柳树沟村便民服务点", "role": "kiosk"})
	reader    = lines.Device{Role: drivers.RoleReader, Name: "serial:/dev/a", Serial: "1"}
	askDevice = ask(lines.Question{What: lines.Devices, Found: []lines.Device{reader, {Role: drivers.RoleReader, Name: "serial:/dev/b", Second: true}}})
	askSign   = ask(lines.Question{What: lines.Sign, Staff: []lines.Person{{ID: "300101", Name: "陈师傅"}}})
	fit       = lines.Line{Checks: &lines.Checks{State: "ok", Checks: []lines.Check{{ID: "disk", State: "ok"}}}}
	finished  = lines.Line{Done: &lines.Done{Report: lines.Report{Terminal: "QH0301A", Passed: true, Finished: time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)}, Number: "ab", Signed: []byte("S"), PDF: []byte("P")}}
)

// TestWholeSetup: every page in its order, with four actions of a person beside the card.
func TestWholeSetup(t *testing.T) {
	p := begin(t, nil)
	p.says(askCode)
	p.on(stage.Code)
	p.stage.Send(stage.Type{Code: " BIANMIN1|x \n"})
	p.answered(enrolment("BIANMIN1|x"))
	p.says(say("enrolling", nil), enrolled, say("finding", nil), askDevice)
	s := p.on(stage.Devices)
	if s.Terminal != "QH0301A" || len(s.Devices) != 5 || s.Devices[0].Name != reader.Name || len(s.Devices[0].Others) != 1 || s.Devices[1].Name != "" {
		t.Errorf("devices: %+v", s.Devices)
	}
	p.stage.Send(stage.Confirm{})
	p.answered(devices(nil))
	p.says(test(drivers.RoleReader, "status", "running"), test(drivers.RoleReader, "card", "waiting"), test(drivers.RoleReader, "status", "passed"), test(drivers.RoleReader, "card", "running"), say("lay-card", nil))
	if s := p.until("the card's prompt", func(s stage.State) bool { return s.Prompt == "lay-card" }); s.Page != stage.Tests || len(s.Tests) != 2 {
		t.Errorf("tests: %+v", s)
	}
	p.says(test(drivers.RoleReader, "card", "passed"))
	p.until("checking", func(s stage.State) bool { return s.Page == stage.Tests && s.Busy == "checking" && s.Prompt == "" })
	p.says(fit, askSign)
	if s := p.until("who signs", func(s stage.State) bool { return s.Signing }); s.Page != stage.Checks || s.Signer != "300101" || s.Fit != "ok" {
		t.Errorf("checks: %+v", s)
	}
	p.stage.Send(stage.Sign{})
	p.answered(sign("300101"))
	p.says(say("printed", nil), say("starting", nil), finished)
	if s := p.on(stage.Report); s.Paper != "printed" || s.Number != "ab" || !s.Report.Passed {
		t.Errorf("report: %+v", s)
	}
	p.stage.Send(stage.Save{})
	p.until("saved", func(s stage.State) bool { return s.Saved == "/media/stick" })
	if len(p.saved) != 1 || p.saved[0] != "QH0301A-20261126-0900 P S" {
		t.Errorf("saved %q", p.saved)
	}
	p.stage.Send(stage.Print{})
	p.answered(lines.Answer{Print: true})
	p.says(lines.Line{Printed: &lines.Printed{Fault: drivers.FaultPaperOut}})
	p.until("the printer's fault", func(s stage.State) bool { return s.Paper == "failed" && s.PaperFault == drivers.FaultPaperOut })
	p.stage.Send(stage.Leave{})
	if err := <-p.done; err != nil {
		t.Error(err)
	}
	<-p.child.closed
}

// TestCodeAgain: a code that is wrong, one that was used, and a network that is away; the same code is given once more without typing it.
func TestCodeAgain(t *testing.T) {
	p := begin(t, nil)
	p.says(askCode)
	p.on(stage.Code)
	p.stage.Send(stage.Type{Code: "nonsense"})
	p.answered(enrolment("nonsense"))
	p.says(ask(lines.Question{What: lines.Enrolment, Again: true}))
	p.until("not understood", func(s stage.State) bool { return s.Problem == "not-understood" && s.Busy == "" })
	p.stage.Send(stage.Type{Code: "used"})
	p.answered(enrolment("used"))
	p.says(say("enrolling", nil), lines.Line{Wrong: &lines.Wrong{Code: lines.CodeUsed}})
	if s := p.until("used", func(s stage.State) bool { return s.Problem == lines.CodeUsed }); s.Page != stage.Code || s.Busy != "" {
		t.Errorf("%+v", s)
	}
	p.stage.Send(stage.Type{Code: "fresh"})
	p.answered(lines.Answer{Again: true})
	p.says(askCode)
	p.answered(enrolment("fresh"))
	p.says(say("enrolling", nil), lines.Line{Wrong: &lines.Wrong{Code: lines.Network}})
	p.until("no network", func(s stage.State) bool { return s.Problem == lines.Network })
	p.stage.Send(stage.Type{Code: "fresh"})
	p.answered(lines.Answer{Again: true})
	p.says(askCode)
	p.answered(enrolment("fresh"))
	p.says(enrolled)
	p.until("enrolled", func(s stage.State) bool { return s.Terminal == "QH0301A" && s.Problem == "" })
}

// TestDevicesChanged: another link, one taken away, one left as it was.
func TestDevicesChanged(t *testing.T) {
	p := begin(t, nil)
	p.says(enrolled, askDevice)
	p.on(stage.Devices)
	p.stage.Send(stage.Open{Role: drivers.RoleReader})
	p.stage.Send(stage.Confirm{}) // not while one is open
	p.stage.Send(stage.Set{Name: "serial:/dev/b"})
	p.stage.Send(stage.Open{Role: drivers.RoleDocument})
	p.stage.Send(stage.Set{Name: " ipp://printer/a4 "})
	p.stage.Send(stage.Open{Role: drivers.RoleScanner})
	p.stage.Send(stage.Set{Name: ""})
	s := p.until("the changes", func(s stage.State) bool { return s.Change == nil && s.Devices[2].Changed })
	if d := s.Devices[0]; !d.Changed || d.Name != "serial:/dev/b" || d.Serial != "" || d.Others[len(d.Others)-1].Name != "serial:/dev/a" {
		t.Errorf("reader: %+v", d)
	}
	p.stage.Send(stage.Search{})
	p.answered(lines.Answer{Search: true})
	p.says(say("finding", nil), askDevice)
	p.on(stage.Devices)
	p.stage.Send(stage.Open{Role: drivers.RoleReader})
	p.stage.Send(stage.Set{Name: ""})
	p.stage.Send(stage.Confirm{})
	p.answered(devices(map[string]string{"reader": ""}))
}

// TestButton: the button is waited for on a page of its own; a press, or the word that there is none, goes on; a test that is
// done again does not ask for it.
func TestButton(t *testing.T) {
	p := begin(t, nil)
	press := ask(lines.Question{What: lines.Press, Seconds: 20})
	p.says(enrolled, say("finding", nil), press)
	p.until("the button", func(s stage.State) bool {
		return s.Page == stage.Devices && s.Prompt == "press-button" && s.Seconds == 20
	})
	p.stage.Send(stage.Confirm{}) // not now
	p.says(say("press-again", map[string]string{"line": "serial:/dev/c"}))
	p.until("once more", func(s stage.State) bool { return s.Prompt == "press-again" })
	p.says(say("button-heard", map[string]string{"line": "serial:/dev/c"}))
	p.until("heard", func(s stage.State) bool { return s.Prompt == "" && s.Busy == "finding" })
	unfit := lines.Device{Role: drivers.RoleDocument, Name: "ipp://127.0.0.1:60000/ipp/print", Model: "Canon", Command: "sudo lpadmin", Second: true}
	p.says(ask(lines.Question{What: lines.Devices, Found: []lines.Device{{Role: drivers.RoleButton, Name: "serial:/dev/c"}, unfit}}))
	s := p.until("the devices", func(s stage.State) bool { return len(s.Devices) == 5 })
	if d := s.Devices[2]; s.Devices[4].Name != "serial:/dev/c" || d.Name != "" || d.Command == "" || len(d.Others) != 0 {
		t.Errorf("devices: %+v", s.Devices)
	}
	p.stage.Send(stage.Search{})
	p.answered(lines.Answer{Search: true})
	p.says(say("finding", nil), press)
	p.until("the button again", func(s stage.State) bool { return s.Prompt == "press-button" })
	p.stage.Send(stage.NoButton{})
	p.answered(lines.Answer{NoButton: true})
	p.says(say("no-button", nil), askDevice)
	p.until("the devices again", func(s stage.State) bool { return s.Busy == "" && s.Prompt == "" })
}

// TestReplaced: the machine takes another one's place; what was said about that stays to be read.
func TestReplaced(t *testing.T) {
	p := begin(t, nil)
	p.says(enrolled, ask(lines.Question{What: lines.Replace, Terminal: "QH0301A", Sticks: []string{"/media/a", "/media/b"}}))
	if s := p.on(stage.Replace); s.Before != "QH0301A" || len(s.Sticks) != 2 {
		t.Errorf("%+v", s)
	}
	p.stage.Send(stage.From{Folder: "/nowhere"})
	folder := "/nowhere"
	p.answered(lines.Answer{Replace: &folder})
	p.says(ask(lines.Question{What: lines.Replace, Terminal: "QH0301A", Again: true}))
	p.until("no folder", func(s stage.State) bool { return s.Problem == "no-folder" })
	p.stage.Send(stage.From{})
	later := ""
	p.answered(lines.Answer{Replace: &later})
	p.says(say("replace-later", map[string]string{"terminal": "QH0301A"}), say("finding", nil), askDevice)
	if s := p.on(stage.Devices); s.Note == nil || s.Note.Key != "replace-later" {
		t.Errorf("%+v", s.Note)
	}
}

// TestByStick: without network the machine is tested, and waits for the county.
func TestByStick(t *testing.T) {
	p := begin(t, nil)
	p.says(askCode)
	p.on(stage.Code)
	p.stage.Send(stage.Type{Code: "0123-4567-89AB-CDEF"})
	p.answered(enrolment("0123-4567-89AB-CDEF"))
	p.says(say("by-stick", map[string]string{"terminal": "QH0301", "role": "kiosk"}), say("request-laid", map[string]string{"path": "/media/a/x.request"}), say("finding", nil), askDevice)
	p.on(stage.Devices)
	p.stage.Send(stage.Confirm{})
	p.answered(devices(nil))
	p.says(lines.Line{Wrong: &lines.Wrong{Code: lines.Waiting, Text: "x.request"}})
	if s := p.on(stage.Stopped); s.Problem != lines.Waiting || s.Detail != "x.request" || s.Terminal != "QH0301" {
		t.Errorf("%+v", s)
	}
	p.stage.Send(stage.Again{}) // with the answer on the stick
	p.answered(lines.Answer{Again: true})
}

// TestFailedTest holds the page of tests until somebody tests again or goes on.
func TestFailedTest(t *testing.T) {
	p := begin(t, nil)
	p.says(enrolled, askDevice)
	p.on(stage.Devices)
	p.stage.Send(stage.Confirm{})
	p.answered(devices(nil))
	p.says(test(drivers.RoleReader, "status", "failed"), fit)
	p.stage.Send(stage.Retest{}) // before setup asks anything
	p.until("the wish", func(s stage.State) bool { return s.Busy == "finding" })
	p.says(askSign)
	p.answered(lines.Answer{Search: true})
	p.says(say("finding", nil), askDevice)
	p.answered(devices(nil))
	p.says(test(drivers.RoleReader, "status", "running"), test(drivers.RoleReader, "status", "failed"), fit, askSign)
	if s := p.until("the sign", func(s stage.State) bool { return s.Signing }); s.Page != stage.Tests || !s.Failed {
		t.Errorf("page %s", s.Page)
	}
	p.stage.Send(stage.Retest{})
	p.answered(lines.Answer{Search: true})
	p.says(askDevice)
	p.answered(devices(nil))
	p.says(test(drivers.RoleReader, "status", "failed"), fit, askSign)
	p.stage.Send(stage.Onward{})
	p.on(stage.Checks)
	p.stage.Send(stage.Sign{Nobody: true})
	p.answered(sign(""))
}

// TestPaperAsked: of a printer that cannot say, whoever signs says that its paper came out, or that it did not.
func TestPaperAsked(t *testing.T) {
	for _, missing := range []bool{false, true} {
		p := begin(t, nil)
		p.says(test(drivers.RolePrinter, "receipt", "running"), test(drivers.RolePrinter, "receipt", "unseen"), fit,
			ask(lines.Question{What: lines.Sign, Staff: []lines.Person{{ID: "300101", Name: "陈师傅"}}, Papers: []drivers.Role{drivers.RolePrinter}}))
		if s := p.until("the sign", func(s stage.State) bool { return s.Signing }); len(s.Papers) != 1 || s.Failed || s.Missing {
			t.Errorf("%+v", s)
		}
		p.stage.Send(stage.Paper{Missing: true})
		p.stage.Send(stage.Paper{Missing: missing})
		p.stage.Send(stage.Sign{})
		id := "300101"
		p.answered(lines.Answer{Sign: &id, Missing: missing})
	}
}

// TestRefusedAndEnded: no rights, then a setup that dies; each can be begun again.
func TestRefusedAndEnded(t *testing.T) {
	p := begin(t, &stage.Refusal{Wrong: lines.Wrong{Code: lines.Refused}})
	if s := p.until("refused", func(s stage.State) bool { return s.Problem == lines.Refused }); s.Page != stage.Stopped {
		t.Errorf("page %s", s.Page)
	}
	p.stage.Send(stage.Again{})
	p.started()
	p.until("begun again", func(s stage.State) bool { return s.Page == stage.Opening })
	p.says(askCode)
	p.on(stage.Code)
	p.child.err = errors.New("exit status 2")
	close(p.child.lines)
	if s := p.on(stage.Stopped); s.Problem != lines.Ended || s.Detail != "exit status 2" {
		t.Errorf("%+v", s)
	}
}

// TestLeaving asks before the end, in either language.
func TestLeaving(t *testing.T) {
	p := begin(t, nil)
	p.says(askCode)
	p.stage.Send(stage.Language{})
	p.until("English", func(s stage.State) bool { return s.Lang == text.English })
	p.stage.Send(stage.Leave{})
	p.until("the question", func(s stage.State) bool { return s.Leaving })
	p.stage.Send(stage.Stay{})
	p.until("staying", func(s stage.State) bool { return !s.Leaving })
	p.stage.Send(stage.Leave{})
	p.stage.Send(stage.Leave{})
	if err := <-p.done; err != nil {
		t.Error(err)
	}
}

package stage_test

import (
	"testing"

	"bianmin/drivers"
	"bianmin/packaging/setup/lines"
	"bianmin/packaging/setup/stage"
)

// whole is one device of each kind, the button heard.
func whole() (all []lines.Device) {
	for _, role := range []drivers.Role{drivers.RoleReader, drivers.RolePrinter, drivers.RoleDocument, drivers.RoleScanner, drivers.RoleButton} {
		all = append(all, lines.Device{Role: role, Name: "link of " + string(role), State: "ready"})
	}
	return all
}

// TestFewActions counts: a machine that takes another's place, with no stick plugged in and a push button, is in service
// after five actions of the technician.
func TestFewActions(t *testing.T) {
	p := begin(t, nil)
	actions := 0
	does := func(e stage.Event) {
		actions++
		p.stage.Send(e)
	}
	p.says(askCode)
	p.on(stage.Code)
	does(stage.Type{Code: "BIANMIN1|x"})
	p.answered(enrolment("BIANMIN1|x"))
	p.says(enrolled, ask(lines.Question{What: lines.Replace, Terminal: "QH0301A"}))
	p.on(stage.Replace)
	does(stage.From{Folder: "none"})
	none := "none"
	p.answered(lines.Answer{Replace: &none})
	p.says(say("finding", nil), ask(lines.Question{What: lines.Press, Seconds: 20}))
	p.until("the button", func(s stage.State) bool { return s.Prompt == "press-button" })
	actions++ // it is pressed
	p.says(say("button-heard", map[string]string{"line": "serial:/dev/c"}), ask(lines.Question{What: lines.Devices, Found: whole()}))
	p.answered(devices(nil))
	p.says(test(drivers.RoleReader, "card", "running"))
	if s := p.on(stage.Tests); len(s.Devices) != 5 {
		t.Errorf("devices: %+v", s.Devices)
	}
	actions++ // a card is laid
	p.says(test(drivers.RoleReader, "card", "passed"), fit, askSign)
	p.until("who signs", func(s stage.State) bool { return s.Signing })
	does(stage.Sign{})
	p.answered(sign("300101"))
	p.says(finished)
	p.on(stage.Report)
	if actions > 5 {
		t.Errorf("%d actions", actions)
	}
}

// TestWrongPackIsShown: a device pack that was left out is said on the page of the devices, beside what else was said, and the
// press does not turn that page; looking again, without the fault, forgets it.
func TestWrongPackIsShown(t *testing.T) {
	p := begin(t, nil)
	press := ask(lines.Question{What: lines.Press, Seconds: 20})
	p.says(enrolled, say("finding", nil), say("packs", map[string]string{"files": "half.yaml"}), say("spooler", map[string]string{"fault": "silent"}), press,
		say("button-heard", nil), ask(lines.Question{What: lines.Devices, Found: whole()}))
	s := p.until("the devices", func(s stage.State) bool { return s.Page == stage.Devices && s.Busy == "" && len(s.Devices) == 5 })
	if s.Packs == nil || s.Packs.Args["files"] != "half.yaml" || s.Note == nil || s.Note.Key != "spooler" {
		t.Errorf("shown: %+v, %+v", s.Packs, s.Note)
	}
	p.stage.Send(stage.Search{})
	p.answered(lines.Answer{Search: true})
	p.says(say("finding", nil))
	p.until("looking again", func(s stage.State) bool { return s.Busy == "finding" && s.Packs == nil })
}

// TestWrongPackAlone: it alone is enough that the press does not turn the page.
func TestWrongPackAlone(t *testing.T) {
	p := begin(t, nil)
	p.says(enrolled, say("finding", nil), say("packs", map[string]string{"files": "half.yaml"}), ask(lines.Question{What: lines.Press, Seconds: 20}),
		say("button-heard", nil), ask(lines.Question{What: lines.Devices, Found: whole()}))
	p.until("the devices", func(s stage.State) bool { return s.Page == stage.Devices && s.Busy == "" && len(s.Devices) == 5 })
	p.stage.Send(stage.Confirm{})
	p.answered(devices(nil))
}

// TestDoubtIsShown: the press confirms nothing where a device is missing, where there is a choice, and where one is unwell.
func TestDoubtIsShown(t *testing.T) {
	for name, spoil := range map[string]func([]lines.Device) []lines.Device{
		"missing": func(all []lines.Device) []lines.Device { return all[1:] },
		"choice": func(all []lines.Device) []lines.Device {
			return append(all, lines.Device{Role: drivers.RoleDocument, Name: "another", Second: true})
		},
		"unfit": func(all []lines.Device) []lines.Device {
			return append(all, lines.Device{Role: drivers.RoleDocument, Name: "another", Second: true, Command: "sudo lpadmin"})
		},
		"unwell": func(all []lines.Device) []lines.Device { all[2].State = "paper-out"; return all },
	} {
		t.Run(name, func(t *testing.T) {
			p := begin(t, nil)
			p.says(enrolled, say("finding", nil), ask(lines.Question{What: lines.Press, Seconds: 20}), say("button-heard", nil),
				ask(lines.Question{What: lines.Devices, Found: spoil(whole())}))
			p.until("the devices", func(s stage.State) bool { return s.Page == stage.Devices && s.Busy == "" && len(s.Devices) == 5 })
			p.stage.Send(stage.Confirm{})
			p.answered(devices(nil))
		})
	}
}

// TestChipCardReader: it has a line where it is found, behind the card reader, and none is missed where it is not.
func TestChipCardReader(t *testing.T) {
	p := begin(t, nil)
	found := append(whole(), lines.Device{Role: drivers.RoleSocial, Name: "pcsc:ACS ACR38U"})
	p.says(enrolled, say("finding", nil), ask(lines.Question{What: lines.Press, Seconds: 20}), say("button-heard", nil), ask(lines.Question{What: lines.Devices, Found: found}))
	p.answered(devices(nil))
	p.says(test(drivers.RoleSocial, "social", "running"))
	s := p.until("the card is asked for", func(s stage.State) bool { return s.Prompt == "lay-social" })
	if len(s.Devices) != 6 || s.Devices[1].Role != drivers.RoleSocial {
		t.Errorf("devices: %+v", s.Devices)
	}
}

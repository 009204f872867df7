package stage

import (
	"context"
	"slices"
	"strings"

	"bianmin/core/text"
	"bianmin/packaging/setup/lines"
)

// do takes what a person does; what does not fit the page does nothing.
func (s *Stage) do(ctx context.Context, e Event) {
	switch e := e.(type) {
	case Language:
		s.state.Lang = map[text.Lang]text.Lang{text.Chinese: text.English, text.English: text.Chinese}[s.state.Lang]
	case Leave:
		if s.state.Page == Report || s.state.Page == Stopped || s.state.Page == Opening || s.state.Leaving {
			s.end = true
		}
		s.state.Leaving = true
	case Stay:
		s.state.Leaving = false
	case Again:
		s.again(ctx)
	case Retest:
		s.testAgain()
	case Onward:
		if s.state.Failed {
			s.state.Failed = false
			if s.state.Fit != "" {
				s.turn(Checks)
			}
		}
	case Print:
		if s.state.Page == Report && s.state.Paper != "printing" {
			s.state.Paper, s.state.PaperFault = "printing", ""
			s.answer(lines.Answer{Print: true})
		}
	case Save:
		s.save()
	default:
		if s.state.Busy == "" {
			s.reply(e)
		}
	}
}

// reply answers what was asked.
func (s *Stage) reply(e Event) {
	page := s.state.Page
	switch e := e.(type) {
	case Type:
		if page == Code && strings.TrimSpace(e.Code) != "" {
			s.typed(strings.TrimSpace(e.Code))
		}
	case From:
		if page == Replace {
			folder := strings.TrimSpace(e.Folder)
			s.state.Busy, s.state.Problem = "replacing", ""
			s.answer(lines.Answer{Replace: &folder})
		}
	case Confirm:
		if page == Devices && s.state.Change == nil && !s.pressing() {
			s.confirm()
		}
	case Search:
		if page == Devices && !s.pressing() {
			s.state.Busy = "finding"
			s.answer(lines.Answer{Search: true})
		}
	case Open, Set, Cancel:
		if page == Devices && !s.pressing() {
			s.change(e)
		}
	case NoButton:
		if page == Devices && s.pressing() {
			s.state.Prompt, s.state.Busy = "", "finding"
			s.answer(lines.Answer{NoButton: true})
		}
	case Paper:
		if s.state.Signing && len(s.state.Papers) > 0 {
			s.state.Missing = e.Missing
		}
	case Choose:
		if s.state.Signing && slices.ContainsFunc(s.state.Staff, func(p lines.Person) bool { return p.ID == e.ID }) {
			s.state.Signer, s.state.Problem = e.ID, ""
		}
	case Sign:
		s.sign(e.Nobody)
	}
}

// typed gives the code, to a setup that waits for one or to one that begins again.
func (s *Stage) typed(code string) {
	again := s.state.Problem != "" && s.state.Problem != "not-understood"
	s.code = code
	if again {
		s.state.Busy, s.state.Problem = "enrolling", ""
		s.answer(lines.Answer{Again: true})
		return
	}
	s.give()
}

func (s *Stage) give() {
	code := s.code
	s.state.Busy, s.state.Problem = "enrolling", ""
	s.answer(lines.Answer{Enrolment: &code})
	s.code = ""
}

// pressing tells whether the button is waited for.
func (s *Stage) pressing() bool {
	return s.state.Prompt == "press-button" || s.state.Prompt == "press-again"
}

func (s *Stage) confirm() {
	changes := map[string]string{}
	for _, d := range s.state.Devices {
		if d.Changed {
			changes[string(d.Role)] = d.Name
		}
	}
	s.state.Busy, s.state.Tests = "opening-devices", nil
	s.answer(lines.Answer{Devices: &changes})
}

func (s *Stage) change(e Event) {
	switch e := e.(type) {
	case Open:
		if i := slices.IndexFunc(s.state.Devices, func(d Device) bool { return d.Role == e.Role }); i >= 0 {
			s.state.Change = &Change{Device: s.state.Devices[i]}
		}
	case Cancel:
		s.state.Change = nil
	case Set:
		s.set(strings.TrimSpace(e.Name))
	}
}

// set changes a device's link; what was known of the device before does not hold for another link.
func (s *Stage) set(name string) {
	if s.state.Change == nil {
		return
	}
	changed := s.state.Change.Device
	s.state.Change = nil
	if name == changed.Name {
		return
	}
	known := func(name string) int {
		return slices.IndexFunc(changed.Others, func(o lines.Device) bool { return o.Name == name })
	}
	if changed.Name != "" && known(changed.Name) < 0 {
		changed.Others = append(slices.Clone(changed.Others), changed.Device)
	}
	changed.Device = lines.Device{Role: changed.Role, Name: name}
	if i := known(name); i >= 0 {
		changed.Device = changed.Others[i]
	}
	changed.Changed = true
	all := slices.Clone(s.state.Devices)
	for i := range all {
		if all[i].Role == changed.Role {
			all[i] = changed
		}
	}
	s.state.Devices = all
}

// testAgain has the devices tested once more: at once, or as soon as the setup asks something.
func (s *Stage) testAgain() {
	if !s.state.Failed || s.retest {
		return
	}
	asked := s.state.Signing
	s.retest = true
	s.state.Failed, s.state.Signing, s.state.Fit, s.state.Checks, s.state.Busy = false, false, "", nil, "finding"
	if asked {
		s.answer(lines.Answer{Search: true})
	}
}

func (s *Stage) sign(nobody bool) {
	if !s.state.Signing {
		return
	}
	id := s.state.Signer
	if nobody {
		id = ""
	} else if id == "" {
		s.state.Problem = "choose-signer"
		return
	}
	s.state.Signing, s.state.Busy, s.state.Problem = false, "reporting", ""
	s.answer(lines.Answer{Sign: &id, Missing: s.state.Missing})
}

// again begins again: in the same setup, or in a new one where that has ended.
func (s *Stage) again(ctx context.Context) {
	if s.state.Page != Report && s.state.Page != Stopped || s.state.Paper == "printing" {
		return
	}
	s.state = State{Page: Opening, Serial: s.state.Serial + 1, Lang: s.state.Lang, Busy: "opening"}
	if s.child == nil {
		s.start(ctx)
		return
	}
	s.answer(lines.Answer{Again: true})
}

func (s *Stage) save() {
	if s.state.Page != Report || s.state.Report == nil || s.options.Save == nil {
		return
	}
	name := s.state.Report.Terminal + "-" + s.state.Report.Finished.Format("20060102-1504")
	where, err := s.options.Save(name, s.pdf, s.signed)
	s.state.Saved, s.state.SaveFailed = where, err != nil
}

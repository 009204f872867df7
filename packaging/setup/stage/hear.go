package stage

import (
	"slices"

	"bianmin/drivers"
	"bianmin/packaging/setup/lines"
)

// hear takes what the setup says.
func (s *Stage) hear(l lines.Line) {
	switch {
	case l.Say != nil:
		s.said(*l.Say)
	case l.Ask != nil:
		s.asked(*l.Ask)
	case l.Test != nil:
		s.tested(*l.Test)
	case l.Checks != nil:
		s.onward()
		s.state.Prompt = ""
		s.state.Checks, s.state.Fit = l.Checks.Checks, l.Checks.State
	case l.Done != nil:
		s.done(*l.Done)
	case l.Wrong != nil:
		s.stop(*l.Wrong)
	case l.Printed != nil:
		s.printed(*l.Printed)
	}
}

func (s *Stage) said(said lines.Said) {
	switch said.Key {
	case "enrolling":
		s.turn(Code)
		s.state.Busy = "enrolling"
	case "enrolled", "by-stick":
		s.code = ""
		s.state.Terminal, s.state.Point, s.state.Role = said.Args["terminal"], said.Args["point"], said.Args["role"]
	case "finding":
		if !s.retest {
			s.turn(Devices)
		}
		s.state.Busy, s.state.Problem, s.state.Packs = "finding", "", nil
	case "packs":
		s.state.Packs = &said
	case "press-again":
		s.state.Prompt = said.Key
	case "button-heard", "no-button":
		s.heard = said.Key == "button-heard"
		s.state.Prompt, s.state.Busy = "", "finding"
	case "lay-card", "lay-social", "lay-page":
		s.state.Prompt = said.Key
	case "printed":
		s.state.Paper = "printed"
	case "not-printed":
		s.state.Paper, s.state.PaperFault = "failed", drivers.Fault(said.Args["fault"])
	case "starting":
		s.state.Busy = "starting"
	case "replaces":
		s.state.Before = said.Args["terminal"]
	case "request-laid", "other-answer", "expired", "replace-later", "replace-other", "replace-offered", "replace-custodians", "replace-aside", "replaced", "spooler":
		s.state.Note = &said
	}
}

func (s *Stage) asked(q lines.Question) {
	problem := ""
	if q.Again {
		problem = "not-understood"
	}
	switch q.What {
	case lines.Enrolment:
		if s.code != "" && !q.Again { // what was typed before, once more
			s.give()
			return
		}
		s.turn(Code)
		if q.Again {
			s.code = ""
			s.state.Serial++
		}
	case lines.Replace:
		s.turn(Replace)
		s.state.Before, s.state.Sticks = q.Terminal, q.Sticks
		if q.Again {
			problem = "no-folder"
		}
	case lines.Press:
		if s.retest { // it was asked for before
			s.answer(lines.Answer{NoButton: true})
			return
		}
		s.turn(Devices)
		s.state.Prompt, s.state.Seconds = "press-button", q.Seconds
	case lines.Devices:
		s.state.Prompt = ""
		if s.retest {
			s.retest = false
			s.confirm()
			return
		}
		s.turn(Devices)
		s.state.Devices = listed(q.Found)
		heard := s.heard
		if s.heard = false; heard && s.state.Packs == nil && (s.state.Note == nil || s.state.Note.Key != "spooler") && beyondDoubt(q.Found, s.state.Devices) { // the press was the technician's word
			s.confirm()
			return
		}
	case lines.Sign:
		if s.retest {
			s.answer(lines.Answer{Search: true})
			return
		}
		s.onward()
		s.state.Staff, s.state.Signing = q.Staff, true
		s.state.Papers, s.state.Missing = q.Papers, false
		if len(q.Staff) == 1 {
			s.state.Signer = q.Staff[0].ID
		}
	}
	s.state.Busy, s.state.Problem, s.state.Detail = "", problem, ""
}

// order is how devices stand on the page.
var order = []drivers.Role{drivers.RoleReader, drivers.RolePrinter, drivers.RoleDocument, drivers.RoleScanner, drivers.RoleButton}

// listed makes a line for every kind of device, found or not; most points have no chip card reader, so it has one only where it is found.
func listed(found []lines.Device) []Device {
	var all []Device
	roles := order
	if slices.ContainsFunc(found, func(f lines.Device) bool { return f.Role == drivers.RoleSocial }) {
		roles = slices.Insert(slices.Clone(order), 1, drivers.RoleSocial)
	}
	for _, role := range roles {
		d := Device{Device: lines.Device{Role: role}}
		for _, f := range found {
			switch {
			case f.Role == role && f.Command != "": // not yet one that can be used
				if d.Name == "" {
					d.Model, d.Command = f.Model, f.Command
				}
			case f.Role == role && !f.Second && d.Name == "":
				d.Device = f
			case f.Role == role:
				d.Others = append(d.Others, f)
			}
		}
		all = append(all, d)
	}
	return all
}

// beyondDoubt tells whether there is one well device of every kind, and nothing to choose or to do first.
func beyondDoubt(found []lines.Device, all []Device) bool {
	if len(found) != len(all) {
		return false
	}
	return !slices.ContainsFunc(all, func(d Device) bool {
		return d.Name == "" || !d.Well()
	})
}

// prompts are what is to be done, or waited for, while a test runs.
var prompts = map[string]string{"status": "asking", "card": "lay-card", "social": "lay-social", "receipt": "printing", "page": "printing-page", "scan": "lay-page"}

// tested takes the news of a test.
func (s *Stage) tested(t lines.Test) {
	s.turn(Tests)
	s.state.Busy = ""
	same := func(o lines.Test) bool { return o.Role == t.Role && o.Test == t.Test }
	all := slices.Clone(s.state.Tests)
	if i := slices.IndexFunc(all, same); i >= 0 {
		all[i] = t
	} else {
		all = append(all, t)
	}
	s.state.Tests = all
	switch {
	case t.Result == "running":
		s.state.Prompt = prompts[t.Test]
	case !slices.ContainsFunc(all, func(o lines.Test) bool { return o.Result == "running" || o.Result == "waiting" }):
		s.state.Prompt, s.state.Busy = "", "checking"
		s.state.Failed = slices.ContainsFunc(all, func(o lines.Test) bool { return o.Result == "failed" })
	}
}

// onward goes to the checks, unless a failed test is still to be looked at.
func (s *Stage) onward() {
	if !s.state.Failed {
		s.turn(Checks)
	}
	s.state.Busy = ""
}

func (s *Stage) done(d lines.Done) {
	s.turn(Report)
	s.state.Busy, s.state.Problem, s.state.Signing = "", "", false
	s.state.Report, s.state.Number = &d.Report, d.Number
	if s.state.Paper == "" {
		s.state.Paper = "none"
	}
	s.signed, s.pdf = d.Signed, d.PDF
}

func (s *Stage) printed(p lines.Printed) {
	s.state.Paper, s.state.PaperFault = "printed", p.Fault
	switch {
	case p.Fault != drivers.FaultNone:
		s.state.Paper = "failed"
	case p.Outcome == "":
		s.state.Paper = "none"
	}
}

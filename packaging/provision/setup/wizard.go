package setup

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/packaging/commission"
	"bianmin/sync/wire"
)

// wizard is a technician at a terminal. What is asked, at most: the code, the devices, a card, the paper, the number.
type wizard struct {
	speaker
	in *bufio.Reader
}

func newWizard(s speaker, in io.Reader) *wizard { return &wizard{s, bufio.NewReader(in)} }

var errNobody = errors.New("nobody answers at the terminal; use --answers FILE")

// ask shows a question and gives the line that follows.
func (w *wizard) ask(key string, args map[string]any) (string, error) {
	w.Say(key, args)
	_, _ = fmt.Fprint(w.out, "> ")
	line, err := w.in.ReadString('\n')
	if err != nil && line == "" {
		return "", errNobody
	}
	return strings.TrimSpace(line), nil
}

func (w *wizard) Enrolment() (string, error) {
	for {
		line, err := w.ask("ask-enrolment", nil)
		if err != nil {
			return "", err
		}
		if commission.Understood(line) {
			return line, nil
		}
		w.Say("not-understood", nil)
	}
}

func (w *wizard) Devices(found []commission.Finding) (map[string]string, error) {
	showFound(w.speaker, found)
	corrections := map[string]string{}
	for {
		line, err := w.ask("ask-devices", nil)
		if err != nil {
			return nil, err
		}
		if line == "" {
			return corrections, nil
		}
		role, name, ok := strings.Cut(line, "=")
		role = strings.TrimSpace(role)
		if !ok || !slices.Contains(roles, drivers.Role(role)) {
			w.Say("not-understood", nil)
			continue
		}
		corrections[role] = strings.TrimSpace(name)
	}
}

// Replace implements commission.Successor.
func (w *wizard) Replace(old string, sticks []string) (string, error) {
	proposed := ""
	if len(sticks) == 1 {
		proposed = sticks[0]
	}
	for {
		line, err := w.ask("ask-replace", map[string]any{"terminal": old, "stick": proposed})
		switch {
		case err != nil:
			return "", err
		case line == "":
			return proposed, nil
		case line == "later" || line == "以后":
			return "", nil
		case line == commission.ReplaceNothing || line == "无":
			return commission.ReplaceNothing, nil
		}
		if info, err := os.Stat(line); err == nil && info.IsDir() {
			return line, nil
		}
		w.Say("not-understood", nil)
	}
}

var roles = []drivers.Role{drivers.RoleReader, drivers.RolePrinter, drivers.RoleDocument, drivers.RoleScanner, drivers.RoleButton}

func showFound(s speaker, found []commission.Finding) {
	if len(found) == 0 {
		s.Say("none-found", nil)
		return
	}
	s.Say("found", nil)
	for _, f := range found {
		line := "  " + s.words.T(text.Chinese, "device."+string(f.Role), nil) + " " + string(f.Role) + "  " + f.Name
		for _, known := range []string{f.Model, f.Serial} {
			if known != "" {
				line += "  " + known
			}
		}
		for key, is := range map[string]bool{"given": f.Given, "second": f.Second} {
			if is {
				line += "  (" + s.words.T(text.Chinese, "provision.setup."+key, nil) + " / " + s.words.T(text.English, "provision.setup."+key, nil) + ")"
			}
		}
		_, _ = fmt.Fprintln(s.out, line)
	}
}

func (w *wizard) CameOut(role drivers.Role) (bool, error) {
	for {
		line, err := w.ask("ask-came", map[string]any{"device": text.Key("device." + string(role))})
		if err != nil {
			return false, err
		}
		switch strings.ToLower(line) {
		case "y", "yes", "是", "":
			return true, nil
		case "n", "no", "否":
			return false, nil
		}
		w.Say("not-understood", nil)
	}
}

func (w *wizard) Accept(staff []wire.Staff) (string, error) {
	w.Say("accounts", nil)
	for _, s := range staff {
		_, _ = fmt.Fprintln(w.out, "  "+s.ID+"  "+s.Name)
	}
	for {
		line, err := w.ask("ask-accept", nil)
		if err != nil || line == "" {
			return "", err
		}
		if slices.ContainsFunc(staff, func(s wire.Staff) bool { return s.ID == line }) {
			return line, nil
		}
		w.Say("not-understood", nil)
	}
}

func (w *wizard) Tests() []string {
	return []string{commission.TestCard, commission.TestReceipt, commission.TestPage, commission.TestScan}
}

// answered is a technician who has written down beforehand what to say.
type answered struct {
	speaker
	answers commission.Answers
}

func (a answered) Enrolment() (string, error) {
	if a.answers.Said() == "" {
		return "", errors.New("the answers hold no enrolment, or no code for the stick, and this machine is not enrolled")
	}
	return a.answers.Said(), nil
}

func (a answered) Devices(found []commission.Finding) (map[string]string, error) {
	showFound(a.speaker, found)
	return nil, nil
}

// CameOut is never known without a person.
func (a answered) CameOut(drivers.Role) (bool, error)  { return false, nil }
func (a answered) Accept([]wire.Staff) (string, error) { return a.answers.Technician, nil }
func (a answered) Tests() []string                     { return a.answers.Test }

package setup

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/muesli/cancelreader"

	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/packaging/commission"
	"bianmin/packaging/provision/tongue"
	"bianmin/packaging/stick"
	"bianmin/sync/wire"
)

// wizard is a technician at a terminal. What is asked: the code, the button where there may be one, the devices, a card, the number.
type wizard struct {
	speaker
	in      *bufio.Reader
	pending chan typed // of a read that is under way; nil for none
	input   cancelreader.CancelReader
	broken  <-chan struct{} // nobody is asked any more
}

// typed is a line, or why there is none.
type typed struct {
	line string
	err  error
}

// newWizard asks until ctx ends: a technician who breaks the setup off at a question is not asked to the end. Close it.
func newWizard(ctx context.Context, s speaker, in io.Reader) *wizard {
	input, err := cancelreader.NewReader(in)
	if err != nil { // a file that is always ready: no read of it waits
		input, _ = cancelreader.NewReader(struct{ io.Reader }{in})
	}
	return &wizard{speaker: s, in: bufio.NewReader(input), input: input, broken: ctx.Done()}
}

// Close breaks off a read that nobody waits for any more, and waits for its end.
func (w *wizard) Close() error {
	if w.input.Cancel() && w.pending != nil { // what is no file cannot be broken off, and is no technician's terminal
		<-w.pending
	}
	return w.input.Close()
}

// next reads a line. What was typed after nobody waited for it any more is given next time.
func (w *wizard) next() <-chan typed {
	if w.pending == nil {
		w.pending = make(chan typed, 1)
		go func(to chan<- typed) {
			line, err := w.in.ReadString('\n')
			to <- typed{line, err}
		}(w.pending)
	}
	return w.pending
}

// Press implements commission.Presser: Enter says that there is none.
func (w *wizard) Press(ctx context.Context, _ []string, limit time.Duration) error {
	w.Say("press-button", map[string]any{"seconds": int(limit.Seconds())})
	select {
	case <-w.next():
		w.pending = nil
	case <-ctx.Done():
	}
	return nil
}

var (
	errNobody = errors.New("nobody answers at the terminal; use --answers FILE")
	errBroken = errors.New("broken off at a question (在提问时中断); the next setup goes on from here")
)

// ask shows a question and gives the line that follows.
func (w *wizard) ask(key string, args map[string]any) (string, error) {
	w.Say(key, args)
	_, _ = fmt.Fprint(w.out, "> ")
	var said typed
	select {
	case said = <-w.next():
		w.pending = nil
	case <-w.broken:
		return "", errBroken
	}
	if said.err != nil && said.line == "" {
		return "", errNobody
	}
	return strings.TrimSpace(said.line), nil
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
		if n, err := strconv.Atoi(line); err == nil && n > 0 && n <= len(found) && found[n-1].Command == "" {
			chosen := found[n-1]
			corrections[string(chosen.Role)] = chosen.Name
			w.Say("chosen", map[string]any{"device": text.Key("device." + string(chosen.Role)), "name": chosen.Name})
			continue
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
		_, err = stick.Named(line)
		switch {
		case err == nil:
			return line, nil
		case errors.Is(err, stick.ErrNone):
			w.Say("no-stick", map[string]any{"stick": line})
		default:
			w.Say("not-understood", nil)
		}
	}
}

var roles = []drivers.Role{drivers.RoleReader, drivers.RoleSocial, drivers.RolePrinter, drivers.RoleDocument, drivers.RoleScanner, drivers.RoleButton}

func showFound(s speaker, found []commission.Finding) {
	if len(found) == 0 {
		s.Say("none-found", nil)
		return
	}
	s.Say("found", nil)
	for i, f := range found {
		line := fmt.Sprintf("  %d  %s %s  %s", i+1, s.words.T(text.Chinese, "device."+string(f.Role), nil), f.Role, f.Name)
		for _, known := range []string{f.Model, f.Serial} {
			if known != "" {
				line += "  " + known
			}
		}
		for _, note := range []struct {
			key string
			is  bool
		}{{"given", f.Given}, {"preferred", f.Preferred}, {"network", f.Network}, {"second", f.Second && f.Command == "" && !f.Network}} {
			if note.is {
				line += "  (" + s.both("provision.setup."+note.key) + ")"
			}
		}
		if f.State != "" {
			line += "  " + s.both(stateKey(f))
		}
		_, _ = fmt.Fprintln(s.out, line)
		switch {
		case f.NoQueue:
			s.Say("no-queue", map[string]any{"command": f.Command})
		case f.Command != "":
			s.Say("needs-queue", map[string]any{"command": f.Command})
		}
	}
}

// both says a few words in both languages.
func (s speaker) both(key string) string {
	return tongue.Both(s.words, key, nil)
}

// stateKey is the key of the words for how an A4 printer is.
func stateKey(f commission.Finding) string {
	switch f.State {
	case commission.StateReady, commission.StateBusy, commission.StatePaperLow:
		return "provision.setup.state-" + f.State
	}
	return "fault." + string(f.Role) + "." + f.State + ".means"
}

func (w *wizard) Accept(staff []wire.Staff, unseen []drivers.Role) (commission.Signer, error) {
	w.Say("accounts", nil)
	for _, s := range staff {
		_, _ = fmt.Fprintln(w.out, "  "+s.ID+"  "+s.Name)
	}
	for _, role := range unseen {
		w.Say("look-at-paper", map[string]any{"device": text.Key("device." + string(role))})
	}
	missing := false
	for {
		line, err := w.ask("ask-accept", nil)
		if err != nil || line == "" {
			return signer("", missing), err
		}
		if slices.ContainsFunc(staff, func(s wire.Staff) bool { return s.ID == line }) {
			return signer(line, missing), nil
		}
		if word := strings.ToLower(line); len(unseen) > 0 && (word == "n" || word == "no" || word == "没有") {
			missing = true
			w.Say("paper-missing", nil)
			continue
		}
		w.Say("not-understood", nil)
	}
}

func (w *wizard) Tests() []string {
	return commission.AllTests()
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
	var printers []string
	for _, f := range found {
		switch {
		case f.Role != drivers.RoleDocument || f.Command != "":
		case f.Given, f.Preferred:
			return nil, nil
		default:
			printers = append(printers, f.Name)
		}
	}
	if len(printers) < 2 {
		return nil, nil
	}
	a.Say("which-printer", map[string]any{"printers": strings.Join(printers, ", ")}) // papers of citizens are not to come out just anywhere
	return map[string]string{string(drivers.RoleDocument): ""}, nil
}

// Accept gives the number in the answers; nobody has looked at papers.
func (a answered) Accept([]wire.Staff, []drivers.Role) (commission.Signer, error) {
	return commission.Signer{ID: a.answers.Technician}, nil
}

func (a answered) Tests() []string { return a.answers.Test }

package screen

import (
	"reflect"
	"time"

	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// pinDigits is the length of a staff PIN.
const pinDigits = 6

// staffSignIn asks a technician's account, then the PIN.
type staffSignIn struct {
	parts
	kit      kit
	line     *ui.Text
	accounts *ui.ChoiceList
	listed   []journey.StaffAccount
	box      *ui.InputBox
	problem  *ui.Text
	pad      *ui.NumberPad
	none     *ui.Text
	change   *ui.Button
	choosing bool // the account is chosen again
	pin      string
	serial   int
	view     journey.StaffSignInView // the last one, to see whether a try failed
}

func newStaffSignIn(k kit) page {
	s := &staffSignIn{kit: k}
	w := k.words
	s.line = ui.NewText(k.look, theme.BodyText, theme.InkSecondary, "")
	s.box = ui.NewInputBox(k.look, w.t("staff.pin"), ui.GroupSecret)
	s.problem = ui.NewSecondary(k.look, "")
	s.pad = k.newPad(ui.PadDigits, s.press)
	s.none = ui.NewBody(k.look, w.t("staff.no-accounts"))
	s.change = ui.NewBigButton(k.look, w.t("staff.other-account"), ui.Secondary, s.again)
	s.head = ui.NewColumn(k.look.Size(theme.SmallGap), ui.NewTitle(k.look, w.t("staff.sign-in-title")), s.line, s.box, s.problem)
	return s
}

func (s *staffSignIn) show(state journey.State) {
	view := state.StaffSignIn
	if state.Serial != s.serial || view.Account != s.view.Account || view.Problem.Key != "" && s.view.Problem.Key == "" || view.Locked > 0 {
		s.pin, s.choosing = "", false
	}
	s.serial, s.view = state.Serial, *view
	if s.accounts == nil || !reflect.DeepEqual(view.Accounts, s.listed) {
		s.list(view)
	}
	s.accounts.SetChosen([]string{view.Account})
	s.box.SetText(s.pin)
	s.say(s.problemOf(view))
	s.arrange()
}

// say puts words below the box; what went wrong is told from a hint.
func (s *staffSignIn) say(words string, wrong bool) {
	role := theme.InkSecondary
	if wrong {
		role = theme.BadText
	}
	s.problem.SetText(words)
	s.problem.SetRole(role)
}

// problemOf is what stands below the box: what went wrong, or how much is missing.
func (s *staffSignIn) problemOf(view *journey.StaffSignInView) (words string, wrong bool) {
	w := s.kit.words
	switch {
	case view.Locked > 0:
		return w.count("staff.locked", int(view.Locked/time.Second)), true
	case view.Problem.Key != "" && s.pin == "":
		return w.message(view.Problem), true
	}
	return w.count("why.pin", pinDigits-len(s.pin)), false
}

func (s *staffSignIn) list(view *journey.StaffSignInView) {
	s.listed = append([]journey.StaffAccount{}, view.Accounts...)
	var options []ui.Option
	for _, account := range view.Accounts {
		options = append(options, ui.Option{Code: account.ID, Title: account.Name})
	}
	s.accounts = ui.NewChoiceList(s.kit.look, options, []string{view.Account}, false, s.pick)
}

// pick takes an account; the one chosen already goes straight to the PIN.
func (s *staffSignIn) pick(codes []string) {
	if len(codes) != 1 {
		return
	}
	s.choosing = false
	s.kit.emit(journey.StaffPick{Account: codes[0]})
	if codes[0] == s.view.Account {
		s.arrange()
		s.kit.redraw()
	}
}

// again chooses another account.
func (s *staffSignIn) again() {
	s.choosing, s.pin = true, ""
	s.arrange()
	s.kit.emit(journey.Touch{})
	s.kit.redraw()
}

// arrange asks for the account first, and shows the pad only when it does something.
func (s *staffSignIn) arrange() {
	w := s.kit.words
	picking := s.choosing || s.view.Account == ""
	locked := s.view.Locked > 0
	setVisible(s.box, !picking && !locked && len(s.listed) > 0)
	setVisible(s.problem, !picking && len(s.listed) > 0)
	s.middle, s.body = nil, nil
	s.line.SetText(w.t("staff.sign-in-line"))
	switch {
	case len(s.listed) == 0:
		s.body = s.none
	case picking:
		s.body = s.accounts
	default:
		s.line.SetText(w.with("staff.sign-in-name", args{"name": s.name()}))
		s.middle = s.change
		if !locked {
			s.body = s.pad
		}
	}
}

func (s *staffSignIn) name() string {
	for _, account := range s.listed {
		if account.ID == s.view.Account {
			return account.Name
		}
	}
	return ""
}

func (s *staffSignIn) press(key string) {
	switch key {
	case ui.KeyDelete:
		s.pin = erase(s.pin)
	case ui.KeyClear:
		s.pin = ""
	default:
		s.pin += key
	}
	pin := s.pin
	if len(pin) == pinDigits {
		s.pin = ""
	}
	s.box.SetText(s.pin)
	s.say(s.kit.words.count("why.pin", pinDigits-len(s.pin)), false)
	if len(pin) == pinDigits {
		s.kit.emit(journey.StaffPIN{PIN: pin})
		return
	}
	s.kit.emit(journey.Touch{})
}

package journey

import (
	"errors"
	"log/slog"
	"reflect"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/core/text"
	"bianmin/drivers"
)

// machine decides. Only Run's goroutine touches it.
type machine struct {
	options Options
	log     *slog.Logger
	fx      *effects
	screens map[Screen]definition
	end     End

	screen  Screen
	overlay string
	look    look
	shown   shown
	touched time.Time // last sign of life of the person
	until   time.Time // when the screen ends by itself (card, done, goodbye); zero: never

	health   Health
	clock    clock
	problem  casefile.Code                   // why the terminal cannot serve, "" when it can
	statuses map[drivers.Role]drivers.Status // newest known, from whoever asked last
	told     map[drivers.Role]drivers.Status // what the device manager said last

	browse  browse
	index   index
	person  person
	entry   cardEntry
	draft   *draft
	filed   *filed // the last case filed in this session
	served  bool   // something was filed in this session
	entered bool   // a form was begun in this session
	cases   cases
	staff   staff
	fault   fault
	outBack Screen                            // where out-of-service goes back to
	reason  casefile.Code                     // why it is out of service
	cards   map[drivers.Role]drivers.Presence // what is known of a card on each reader; none while none came
}

// look is how this person wants the screens.
type look struct {
	lang     text.Lang
	large    bool
	lowReach bool
}

// shown is what was published last.
type shown struct {
	state  State
	key    string
	serial int
	at     time.Time // when the screen or question changed
}

// person is who the card says is here.
type person struct {
	card  identity.Card
	known bool
	today time.Time // business date; zero until it is known
}

// definition is what a screen is: how it is drawn, where its buttons go, what begins and ends with it.
type definition struct {
	draw   func(*machine, *State)
	step   int
	next   func(*machine) *Next // nil: no onward button
	onward func(*machine)
	back   func(*machine) // nil: no back button
	enter  func(*machine)
	exit   func(*machine)
	idle   bool // the idle countdown runs
}

// handlers take an event each; the first that knows it is the last.
var handlers = []func(*machine, Event) bool{
	(*machine).frameEvent, (*machine).browseEvent, (*machine).cardEvent, (*machine).formEvent, (*machine).materialsEvent,
	(*machine).scanEvent, (*machine).signEvent, (*machine).submitEvent, (*machine).printEvent, (*machine).evaluateEvent,
	(*machine).casesEvent, (*machine).repairEvent, (*machine).correctEvent, (*machine).codeEvent, (*machine).faultEvent, (*machine).healthEvent, (*machine).staffEvent, (*machine).testEvent, (*machine).queueEvent,
}

func newMachine(options Options, fx *effects) *machine {
	m := &machine{options: options, log: options.Logger, fx: fx, screens: screens(), statuses: map[drivers.Role]drivers.Status{}}
	m.told, m.cards = map[drivers.Role]drivers.Status{}, map[drivers.Role]drivers.Presence{}
	m.look.lang = text.Chinese
	if options.CardLeft {
		m.cards[drivers.RoleReader] = drivers.CardUnsure
	}
	return m
}

// begin shows the waiting screen and starts looking at the terminal's condition.
func (m *machine) begin() {
	m.lookAtDevices()
	m.touched = time.Now()
	m.screen = Attract
	m.hearCodes()
	m.watchHealth()
	m.checkService()
}

// over wipes and waits until every goroutine has ended.
func (m *machine) over() {
	m.wipe()
	m.fx.stop()
	for m.fx.alive > 0 {
		r := <-m.fx.results
		wanted := m.fx.take(r)
		m.discard(r.event, wanted)
	}
}

// handle takes one event from outside.
func (m *machine) handle(event Event) {
	if _, aside := event.(StepAside); aside {
		m.stepAside()
		return
	}
	if _, device := event.(DeviceChanged); !device {
		m.touched = time.Now()
		if !m.admits(event) {
			return
		}
		if m.screen == Done {
			m.until = m.touched.Add(m.options.Times.Done)
		}
	}
	m.dispatch(event)
}

// untouched is how long nobody has touched a screen that is nobody's.
const untouched = 10 * time.Second

// stepAside ends the session where nothing was begun and nobody is about to begin.
func (m *machine) stepAside() {
	free := m.screen == Attract || (m.screen == OutOfService && m.draft == nil)
	if free && m.overlay == "" && time.Since(m.touched) >= untouched {
		m.log.Info("stepping aside: the program begins anew")
		m.end = Restart
	}
}

// receive takes one word of an effect; stale ones are cleared away.
func (m *machine) receive(r result) {
	if !m.fx.take(r) {
		m.discard(r.event, false)
		return
	}
	if r.event != nil {
		m.dispatch(r.event)
	}
}

func (m *machine) dispatch(event Event) {
	for _, handler := range handlers {
		if handler(m, event) {
			return
		}
	}
}

// discard clears away what a result nobody waits for still holds.
func (m *machine) discard(event Event, wanted bool) {
	if scanned, ok := event.(pageScanned); ok {
		m.drop(scanned.page.attachment.Digest)
	}
	if done, ok := event.(submitted); ok && wanted {
		m.log.Info("case filed at the session's end", "number", string(done.filed.Number))
	}
	if done, ok := event.(corrected); ok && wanted {
		m.log.Info("correction filed at the session's end", "number", string(done.filed.Number))
	}
}

// to shows another screen.
func (m *machine) to(screen Screen) {
	if exit := m.screens[m.screen].exit; exit != nil {
		exit(m)
	}
	m.screen = screen
	m.overlay = ""
	m.until = time.Time{}
	if enter := m.screens[screen].enter; enter != nil {
		enter(m)
	}
}

// render makes the state and tells whether it differs from the last one published.
func (m *machine) render() (State, bool) {
	d := m.screens[m.screen]
	if key := m.key(); key != m.shown.key || m.shown.serial == 0 {
		m.shown.key, m.shown.at = key, time.Now()
		m.shown.serial++
	}
	s := State{
		Screen: m.screen, Serial: m.shown.serial, Lang: m.look.lang, Large: m.look.large, LowReach: m.look.lowReach,
		Practice: m.options.Place.Practice, Point: m.options.Place.Name, Now: m.headerClock(),
		Network: Network{Online: m.health.Online, Waiting: m.health.Waiting},
		Step:    d.step, Overlay: m.drawOverlay(), Back: d.back != nil && m.canGoBack(),
	}
	d.draw(m, &s)
	if d.next != nil {
		s.Next = d.next(m)
	}
	if reflect.DeepEqual(s, m.shown.state) {
		return s, false
	}
	m.shown.state = s
	return s, true
}

// key names what a tap could be meant for.
func (m *machine) key() string {
	if m.screen == Question && m.draft != nil {
		return string(m.screen) + " " + m.draft.path()
	}
	return string(m.screen)
}

// left is the time until t in whole seconds, rounded up.
func left(t time.Time) time.Duration {
	d := time.Until(t)
	if d <= 0 {
		return 0
	}
	return (d + time.Second - 1).Truncate(time.Second)
}

// code finds the code for people in an error.
func code(err error) casefile.Code {
	var e *casefile.Error
	if errors.As(err, &e) {
		return e.Code
	}
	if err != nil {
		return casefile.Internal
	}
	return ""
}

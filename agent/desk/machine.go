package desk

import (
	"context"
	"log/slog"
	"reflect"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/text"
	"bianmin/drivers"
)

// machine decides. Only Run's goroutine touches it.
type machine struct {
	options Options
	log     *slog.Logger
	fx      *effects

	page     PageName
	from     PageName // where Back leads from a page above the side bar's
	lang     text.Lang
	notice   *Notice
	overlay  *overlay
	tries    int              // to open keys
	prints   int              // jobs begun
	printing []*printing      // those that are under way, the oldest first
	cameras  int              // windows of the document camera opened
	unknown  []func(*machine) // prints of unknown outcome that are still to be asked
	shown    shown
	touched  time.Time // last sign of life of the agent

	health   agency.Health
	problem  casefile.Code // why nothing can be accepted, "" when it can
	stopped  casefile.Code // why the desk is out of service, "" when it is not
	leaving  Leaving       // where the program goes on, "" while it stays here
	statuses map[drivers.Role]drivers.Status
	told     map[drivers.Role]drivers.Fault
	today    time.Time
	index    index

	savers     map[string]*saver    // by draft: how it is being saved
	colleagues []agency.AccountLine // accounts of this point, for handing over

	entry  entry  // signing on and activation
	locked *lock  // nil unless the idle lock is on
	shift  *shift // nil while nobody is signed on
}

// shown is what was published last.
type shown struct {
	state  State
	page   PageName
	serial int
}

// index is the search index over the catalogue in force.
type index struct {
	set      *catalogue.Catalogue
	searcher *catalogue.Searcher
}

// shift is everything of one signed-on agent: forgetting it forgets the agent.
type shift struct {
	book     Book
	account  agency.Account
	standing agency.Standing
	users    int // effects that use the book
	closed   bool
	loose    loose
	camera   *camera // nil while its window is closed

	bothSides bool // the feeder's sheets are to be scanned on both sides

	search  string
	home    home
	choose  choose
	accept  *accept
	unsaved map[string]*accept // drafts whose page was left before their last change was on the disk
	list    list
	fixing  *fixing
	papers  papers
	money   money
	visits  visits
	report  reporting
	queue   queue
	rating  *rating
	cards   map[string]bool // ID numbers of cards read in this shift
	// mandates are authorisations brought in this shift for cases begun elsewhere.
	mandates map[casefile.Number]mandate
}

// handlers take an event each; the first that knows it is the last.
var handlers = []func(*machine, Event) bool{
	(*machine).frameEvent, (*machine).practiceEvent, (*machine).signOnEvent, (*machine).lockEvent, (*machine).shiftEvent,
}

// shiftHandlers take events that need somebody signed on and no lock.
var shiftHandlers = []func(*machine, *shift, Event) bool{
	(*machine).homeEvent, (*machine).chooseEvent, (*machine).acceptEvent, (*machine).personEvent, (*machine).fieldEvent, (*machine).materialEvent, (*machine).cameraEvent,
	(*machine).casesEvent, (*machine).correctEvent, (*machine).papersEvent, (*machine).feesEvent, (*machine).visitsEvent,
	(*machine).reportsEvent, (*machine).syncEvent, (*machine).rateEvent,
}

func newMachine(options Options, fx *effects) *machine {
	return &machine{
		options: options, log: options.Logger, fx: fx, page: SignOn, lang: text.Chinese,
		statuses: map[drivers.Role]drivers.Status{}, told: map[drivers.Role]drivers.Fault{}, savers: map[string]*saver{},
	}
}

func (m *machine) begin() {
	m.touched = time.Now()
	m.today = m.options.Now()
	m.lookAtDevices()
	m.watchHealth()
	m.toSignOn()
}

// over saves what is open, closes the keys and waits until every goroutine has ended.
func (m *machine) over() {
	m.endShift()
	m.fx.leave(nil)
	for m.fx.alive > 0 {
		m.receive(<-m.fx.results)
		m.endShift() // of somebody who signed on at the last moment
	}
}

// handle takes one event from outside. While an overlay waits only its answer counts.
func (m *machine) handle(event Event) {
	if _, nobody := event.(StepAside); nobody {
		m.dispatch(event)
		return
	}
	m.touched = time.Now()
	if m.leaving != "" || m.overlay != nil && !passes(event) || m.shift != nil && m.shift.camera != nil && !ofCamera(event) {
		return
	}
	switch event.(type) {
	case Touch, Answer, CameraTake, SearchText, SetField, PointField, CountCash, RateText, SetUntil, DayReason:
	default:
		m.notice = nil
	}
	m.dispatch(event)
}

func (m *machine) dispatch(event Event) {
	for _, handler := range handlers {
		if handler(m, event) {
			return
		}
	}
}

func (m *machine) shiftEvent(event Event) bool {
	if m.shift == nil || m.locked != nil {
		return false
	}
	for _, handler := range shiftHandlers {
		if handler(m, m.shift, event) {
			return true
		}
	}
	return false
}

// receive takes one word of an effect; what is stale is not heard, and a shift's
// last effect closes its keys.
func (m *machine) receive(r result) {
	if m.fx.take(r) && r.apply != nil && (r.shift == nil || r.shift == m.shift) {
		r.apply(m)
	}
	if r.shift != nil && r.shift.closed && r.shift.users == 0 {
		m.tellLost(r.shift)
		m.closeBook(r.shift)
	}
}

// do does slow work that no shift owns.
func (m *machine) do(s slot, t task) { m.fx.start(s, nil, false, t) }

// look reads from the book; a later look in the same slot replaces it.
func (m *machine) look(s slot, t func(ctx context.Context, book Book) then) {
	book := m.shift.book
	m.fx.start(s, m.shift, false, func(ctx context.Context, _ func(then)) then { return t(ctx, book) })
}

// keep does slow work of the shift that must come to its end.
func (m *machine) keep(s slot, t func(ctx context.Context, book Book) then) {
	book := m.shift.book
	m.fx.start(s, m.shift, true, func(ctx context.Context, _ func(then)) then { return t(ctx, book) })
}

// tick is called every second.
func (m *machine) tick() {
	m.lookAtDevices()
	m.lookAtPrints()
	m.checkIdle()
	m.cameraTick()
	m.saveDue(false)
	m.entryTick()
}

// to shows another page; behind the idle lock it is the page to come back to.
func (m *machine) to(page PageName) {
	m.closeCamera()
	if m.locked != nil && m.shift != nil {
		m.locked.page = page
		return
	}
	m.page, m.overlay = page, nil
	m.enter(page)
}

// render makes the state and tells whether it differs from the last one published.
func (m *machine) render() (State, bool) {
	if m.page != m.shown.page || m.shown.serial == 0 {
		m.shown.page = m.page
		m.shown.serial++
	}
	s := State{
		Page: m.page, Serial: m.shown.serial, Lang: m.lang, Practice: m.options.Place.Practice, Point: m.options.Place.Name,
		Phone: m.options.Place.Phone, Now: m.options.Now().Truncate(time.Minute), Status: m.statusBar(), Overlay: m.drawOverlay(), Camera: m.drawCamera(),
		Bench: m.drawBench(), Leaving: m.leaving,
	}
	if m.locked == nil {
		s.Notice = m.notice
	}
	if w := m.shift; w != nil && m.locked == nil {
		s.Account, s.Role, s.Standing, s.Search = w.account.Name, w.account.Role, w.standing, w.search
		s.Practice = s.Practice || w.standing == agency.StandingPractice
		s.Side = m.sideBar(w)
	}
	m.draw(&s)
	if reflect.DeepEqual(s, m.shown.state) {
		return s, false
	}
	m.shown.state = s
	return s, true
}

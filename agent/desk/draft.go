package desk

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/identity"
)

// draftVersion is the version of a draft's JSON that this code writes.
const draftVersion = 1

// accept is one case before it is filed. Its items and their forms are those it
// was begun under, whatever catalogue came since.
type accept struct {
	id      string
	version string // of the catalogue it was begun under
	items   []*catalogue.Item
	forms   []*form.Checked // of each item
	checked *form.Checked   // of all together
	pack    string          // code of the package, "" for one item
	env     form.Env
	values  form.Values
	typed   map[string]string  // what stands in a box, by path
	wrong   map[string]Message // what was typed and cannot be read, by path
	choices map[string][]Choice
	left    map[string]bool   // boxes that were typed in: their problems are told
	from    map[string]string // where a value came from, by field

	principal *identity.Card
	delegate  *identity.Card
	absent    bool
	scope     []string
	until     string
	untilText string
	auth      []page
	known     int
	faces     map[string]face // of principal and delegate

	given    map[string]*given // by "item/material"
	pages    int
	promised bool
	guide    bool
	visit    string
	previous casefile.Number

	asked    bool // filing was tried: every problem is told
	focus    string
	busy     string
	scanning string
	filed    *filed

	doomed []string // files of pages taken out: dropped once no saved draft names them
	dirty  bool
	since  time.Time // of the oldest change that is not saved
	saver  *saver
}

// given is how one material stands.
type given struct {
	Pages     []page
	Promised  bool
	Until     string // later: until when
	Original  bool
	Confirmed bool // compared with the original by this account
	At        time.Time
}

// page is one scanned page: the sealed file and the small picture of it.
type page struct {
	ID         string
	Record     casefile.Page
	Quality    string
	attachment casefile.Attachment
	thumbnail  []byte
	glass      bool // it lay on the scanner's glass, see drivers.ScannedPage
	large      bool // it is larger than its budget: smaller it could not be read
	empty      bool // a back on which nothing is seen
}

// saver lets newer savings of one draft win over older ones. There is one for a draft as long as the program runs: what is
// still being written when its page was left must be there when it is opened again, and must not bring back what was dropped.
type saver struct {
	begun []<-chan struct{} // savings; each is closed at its end
	mutex sync.Mutex
	next  int
	last  int
	gone  bool
	lost  bool // the newest that was tried could not be written
	done  int  // the newest that is known to be written; the machine's alone, as next
	tries int  // that failed one after the other; the machine's alone
}

// draftContent is a draft's JSON; it is sealed by the book.
type draftContent struct {
	Version   int               `json:"version"`
	Catalogue string            `json:"catalogue"`
	Items     []*catalogue.Item `json:"items"`
	Package   string            `json:"package,omitempty"`
	Values    form.Values       `json:"values"`
	Typed     map[string]string `json:"typed,omitempty"`
	From      map[string]string `json:"from,omitempty"`
	Principal *identity.Card    `json:"principal,omitempty"`
	Delegate  *identity.Card    `json:"delegate,omitempty"`
	Absent    bool              `json:"absent,omitempty"`
	Scope     []string          `json:"scope,omitempty"`
	Until     string            `json:"until,omitempty"`
	Auth      []page            `json:"auth,omitempty"`
	Given     map[string]*given `json:"given,omitempty"`
	Pages     int               `json:"pages"`
	Promised  bool              `json:"promised,omitempty"`
	Visit     string            `json:"visit,omitempty"`
	Previous  casefile.Number   `json:"previous,omitempty"`
}

func newAccept(version string) (*accept, error) {
	var id [16]byte
	if _, err := rand.Read(id[:]); err != nil {
		return nil, fmt.Errorf("number a draft: %w", err)
	}
	return &accept{
		id: hex.EncodeToString(id[:]), version: version, values: form.Values{}, typed: map[string]string{}, wrong: map[string]Message{},
		choices: map[string][]Choice{}, left: map[string]bool{}, from: map[string]string{}, given: map[string]*given{}, saver: &saver{}, faces: map[string]face{},
	}, nil
}

// bind compiles the items' forms, and the one form that feeds them all.
func (a *accept) bind(items []*catalogue.Item) error {
	forms := make([]*form.Checked, len(items))
	for i, item := range items {
		checked, err := form.Compile(item.Form)
		if err != nil {
			return fmt.Errorf("form of %s: %w", item.Code, err)
		}
		forms[i] = checked
	}
	all := forms[0]
	if len(items) > 1 {
		others := make([]form.Form, 0, len(items)-1)
		for _, item := range items[1:] {
			others = append(others, item.Form)
		}
		merged, err := form.Merge(items[0].Form, others...)
		if err != nil {
			return err
		}
		if all, err = form.Compile(merged); err != nil {
			return fmt.Errorf("form of the package: %w", err)
		}
	}
	a.items, a.forms, a.checked = items, forms, all
	return nil
}

func (a *accept) item() *catalogue.Item { return a.items[0] }

// content writes the draft, with the files it holds.
func (a *accept) content() (agency.Draft, error) {
	content, err := json.Marshal(draftContent{
		Version: draftVersion, Catalogue: a.version, Items: a.items, Package: a.pack, Values: a.values, Typed: a.typed, From: a.from,
		Principal: a.principal, Delegate: a.delegate, Absent: a.absent, Scope: a.scope, Until: a.untilText, Auth: a.auth, Given: a.given,
		Pages: a.pages, Promised: a.promised, Visit: a.visit, Previous: a.previous,
	})
	if err != nil {
		return agency.Draft{}, fmt.Errorf("write draft: %w", err)
	}
	draft := agency.Draft{ID: a.id, Content: content}
	for _, p := range a.allPages() {
		draft.Attached = append(draft.Attached, p.attachment)
	}
	return draft, nil
}

var errDraft = errors.New("the draft cannot be read")

// readDraft makes a draft again out of what was saved.
func readDraft(draft agency.Draft) (*accept, error) {
	var c draftContent
	if err := json.Unmarshal(draft.Content, &c); err != nil {
		return nil, fmt.Errorf("%w: %w", errDraft, err)
	}
	if c.Version != draftVersion || len(c.Items) == 0 || c.Items[0] == nil {
		return nil, errDraft
	}
	a, err := newAccept(c.Catalogue)
	if err != nil {
		return nil, err
	}
	if err := a.bind(c.Items); err != nil {
		return nil, fmt.Errorf("%w: %w", errDraft, err)
	}
	a.id, a.pack, a.principal, a.delegate, a.absent, a.scope = draft.ID, c.Package, c.Principal, c.Delegate, c.Absent, c.Scope
	a.untilText, a.auth, a.pages, a.promised, a.visit, a.previous = c.Until, c.Auth, c.Pages, c.Promised, c.Visit, c.Previous
	for name, value := range c.Values {
		a.values[name] = value
	}
	for path, text := range c.Typed {
		a.typed[path] = text
	}
	for name, source := range c.From {
		a.from[name] = source
	}
	for code, g := range c.Given {
		if g != nil {
			a.given[code] = g
		}
	}
	a.attach(draft.Attached)
	return a, nil
}

// attach gives the pages their keys back; a page whose file is gone is left out.
func (a *accept) attach(files []casefile.Attachment) {
	byDigest := map[string]casefile.Attachment{}
	for _, f := range files {
		byDigest[f.Digest] = f
	}
	keep := func(pages []page) []page {
		var kept []page
		for _, p := range pages {
			if f, ok := byDigest[p.Record.Attachment]; ok {
				p.attachment = f
				kept = append(kept, p)
			}
		}
		return kept
	}
	a.auth = keep(a.auth)
	for _, g := range a.given {
		g.Pages = keep(g.Pages)
	}
}

// newestID is the id of the page that came last.
func (a *accept) newestID() string { return "p" + strconv.Itoa(a.pages) }

func (a *accept) allPages() []page {
	all := append([]page(nil), a.auth...)
	for _, line := range a.materials() {
		if g := a.given[line.key]; g != nil {
			all = append(all, g.Pages...)
		}
	}
	for key, g := range a.given { // of materials that are not needed now
		if !a.needs(key) {
			all = append(all, g.Pages...)
		}
	}
	return all
}

// changed marks the draft to be saved.
func (a *accept) changed() {
	if !a.dirty {
		a.dirty, a.since = true, time.Now()
	}
}

// begin notes a saving, and forgets those that have ended.
func (s *saver) begin() (ended chan struct{}) {
	ended = make(chan struct{})
	s.begun = append(slices.DeleteFunc(s.begun, func(c <-chan struct{}) bool {
		select {
		case <-c:
			return true
		default:
			return false
		}
	}), ended)
	return ended
}

// saving are the savings of a draft that were begun; see settled.
func (m *machine) saving(id string) []<-chan struct{} {
	if s := m.savers[id]; s != nil {
		return slices.Clone(s.begun)
	}
	return nil
}

// settled waits for the savings that were begun, or the end of ctx.
func settled(ctx context.Context, begun []<-chan struct{}) error {
	for _, c := range begun {
		select {
		case <-c:
		case <-ctx.Done():
			return fmt.Errorf("wait for the draft to be saved: %w", ctx.Err())
		}
	}
	return nil
}

// save writes unless something newer was written, or the draft is no more.
func (s *saver) save(seq int, write func() error) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.gone || seq < s.last {
		return nil
	}
	s.last = seq
	err := write()
	s.lost = err != nil
	return err
}

// failed tells whether what is on the disk is older than what was last to be written.
func (s *saver) failed() bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.lost && !s.gone
}

// end does what removes the draft for good: nothing is saved afterwards when it succeeds.
func (s *saver) end(remove func() error) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if err := remove(); err != nil {
		return err
	}
	s.gone = true
	return nil
}

// Package fault makes the platform misbehave on purpose, for tests and the bench:
// a script of rules decides which requests are dropped, delayed or answered
// wrongly. It must not touch what the platform stores.
package fault

import (
	"fmt"
	"net/http"
	"os"
	"path"
	"sync"
	"time"

	"github.com/goccy/go-yaml"
)

// Action is what happens to a matching request.
type Action string

// Actions.
const (
	DropBefore  Action = "drop-before"       // the connection breaks before the request is read
	DropAfter   Action = "drop-after-accept" // the request is served, the connection breaks before the answer
	CutBody     Action = "cut-body"          // the connection breaks after Bytes of the request's body
	Duplicate   Action = "duplicate"         // the request is served twice, the second answer is given
	Status500   Action = "500"
	Status408   Action = "408"            // a 4xx that may pass, with Retry-After of Wait
	Status429   Action = "429"            // with Retry-After of Wait
	Slow        Action = "slow"           // Wait before the request is served, then Rate bytes a second
	WrongBody   Action = "wrong-body"     // 200 with JSON that nobody signed
	BadSigned   Action = "bad-signature"  // served, but one bit of the answer is changed
	Forged      Action = "forged"         // not served; an acknowledgement that fits the packet, signed by nobody we know
	Portal      Action = "captive-portal" // 200 with a page asking to sign in
	Redirect    Action = "redirect"       // 302 to another place
	NoAnswer    Action = "silent"         // served, and then nothing for Wait
	OldResponse Action = "old-answer"     // the answer to the first matching request is given to all later ones
)

var actions = map[Action]bool{
	DropBefore: true, DropAfter: true, CutBody: true, Duplicate: true, Status500: true, Status408: true, Status429: true, Slow: true,
	WrongBody: true, BadSigned: true, Forged: true, Portal: true, Redirect: true, NoAnswer: true, OldResponse: true,
}

// Match says which requests a rule is about; empty fields match everything.
type Match struct {
	Method   string `yaml:"method"`
	Path     string `yaml:"path"`     // with * for one segment's rest, as path.Match has it
	Terminal string `yaml:"terminal"` // number in the client certificate, e.g. QH0301
}

// Rule is one fault.
type Rule struct {
	Match  Match         `yaml:"match"`
	Skip   int           `yaml:"skip"`  // matching requests let through first
	Times  int           `yaml:"times"` // then so many are hit; 0 is all
	Action Action        `yaml:"action"`
	Wait   time.Duration `yaml:"wait"`  // 408, 429, slow, silent
	Rate   int           `yaml:"rate"`  // slow: bytes a second of the request's body, 0 is no limit
	Bytes  int64         `yaml:"bytes"` // cut-body
}

// Parse reads a script: a YAML list of rules, or one rule.
func Parse(content []byte) ([]Rule, error) {
	var rules []Rule
	if err := yaml.UnmarshalWithOptions(content, &rules, yaml.DisallowUnknownField()); err != nil {
		var one Rule
		if yaml.UnmarshalWithOptions(content, &one, yaml.DisallowUnknownField()) != nil {
			return nil, fmt.Errorf("read the fault script: %w", err)
		}
		rules = []Rule{one}
	}
	for i, r := range rules {
		if !actions[r.Action] {
			return nil, fmt.Errorf("fault script, rule %d: unknown action %q", i+1, r.Action)
		}
		if _, err := path.Match(r.Match.Path, "/"); err != nil {
			return nil, fmt.Errorf("fault script, rule %d: path: %w", i+1, err)
		}
	}
	return rules, nil
}

// Read reads a script from a file.
func Read(file string) ([]Rule, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the fault script: %w", err)
	}
	return Parse(content)
}

// Injector stands before the platform's handler. Safe for concurrent use; the zero value does nothing.
type Injector struct {
	mu    sync.Mutex
	rules []*active
	hits  int
}

type active struct {
	Rule
	seen int
	hit  int

	mu  sync.Mutex
	old *recorded
}

// Load replaces the rules; counts begin anew.
func (i *Injector) Load(rules []Rule) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.rules = nil
	for _, r := range rules {
		i.rules = append(i.rules, &active{Rule: r})
	}
}

// Add puts one more rule behind the others.
func (i *Injector) Add(rules ...Rule) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, r := range rules {
		i.rules = append(i.rules, &active{Rule: r})
	}
}

// Hits is how many requests were hit since the start.
func (i *Injector) Hits() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.hits
}

// pick counts the request at each rule it matches until one hits.
func (i *Injector) pick(r *http.Request) *active {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, a := range i.rules {
		if !a.Match.fits(r) {
			continue
		}
		a.seen++
		if a.seen <= a.Skip || (a.Times > 0 && a.hit >= a.Times) {
			continue
		}
		a.hit++
		i.hits++
		return a
	}
	return nil
}

func (m Match) fits(r *http.Request) bool {
	if m.Method != "" && m.Method != r.Method {
		return false
	}
	if m.Path != "" {
		if ok, err := path.Match(m.Path, r.URL.Path); err != nil || !ok {
			return false
		}
	}
	if m.Terminal == "" {
		return true
	}
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return false
	}
	name := r.TLS.PeerCertificates[0].Subject.SerialNumber
	return len(name) > 1 && name[:len(name)-1] == m.Terminal
}

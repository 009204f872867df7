package stage_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/packaging/setup/lines"
	"bianmin/packaging/setup/stage"
)

// child is a setup whose part the test plays.
type child struct {
	lines   chan lines.Line
	answers chan lines.Answer
	closed  chan struct{}
	err     error
}

func (c *child) Lines() <-chan lines.Line { return c.lines }

func (c *child) Answer(a lines.Answer) error {
	c.answers <- a
	return nil
}

func (c *child) Close() error {
	close(c.closed)
	return c.err
}

// play is a running stage with the child it talks to.
type play struct {
	t      *testing.T
	stage  *stage.Stage
	child  *child
	up     chan *child // each that was started
	states chan stage.State
	saved  []string
	done   chan error
}

// begin starts a stage; refuse, if not nil, is what becomes of the first try to start a setup.
func begin(t *testing.T, refuse error) *play {
	t.Helper()
	wait := refuse == nil
	p := &play{t: t, up: make(chan *child, 8), states: make(chan stage.State, 256), done: make(chan error, 1)}
	p.stage = stage.New(stage.Options{
		Start: func(context.Context) (stage.Child, error) {
			if refuse != nil {
				first := refuse
				refuse = nil
				return nil, first
			}
			c := &child{lines: make(chan lines.Line), answers: make(chan lines.Answer, 16), closed: make(chan struct{})}
			p.up <- c
			return c, nil
		},
		Save: func(name string, pdf, signed []byte) (string, error) {
			p.saved = append(p.saved, name+" "+string(pdf)+" "+string(signed))
			return "/media/stick", nil
		},
	})
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(func() {
		cancel()
		<-p.done
	})
	go func() { p.done <- p.stage.Run(ctx, func(s stage.State) { p.states <- s }); close(p.done) }()
	if wait {
		p.started()
	}
	return p
}

func (p *play) started() {
	p.t.Helper()
	select {
	case p.child = <-p.up:
	case <-time.After(5 * time.Second):
		p.t.Fatal("no setup was started")
	}
}

// until waits for a state that is so.
func (p *play) until(what string, so func(stage.State) bool) stage.State {
	p.t.Helper()
	limit := time.After(5 * time.Second)
	var last stage.State
	for {
		select {
		case last = <-p.states:
			if so(last) {
				return last
			}
		case <-limit:
			p.t.Fatalf("%s was not seen; the last state: %+v", what, last)
		}
	}
}

func (p *play) on(page stage.PageName) stage.State {
	p.t.Helper()
	return p.until("page "+string(page), func(s stage.State) bool { return s.Page == page && s.Busy == "" })
}

func (p *play) says(all ...lines.Line) {
	p.t.Helper()
	for _, l := range all {
		select {
		case p.child.lines <- l:
		case <-time.After(5 * time.Second):
			p.t.Fatalf("nobody hears %+v", l)
		}
	}
}

func (p *play) answered(want lines.Answer) {
	p.t.Helper()
	select {
	case got := <-p.child.answers:
		if !reflect.DeepEqual(got, want) {
			p.t.Fatalf("answered %+v, want %+v", got, want)
		}
	case <-time.After(5 * time.Second):
		p.t.Fatalf("no answer came, want %+v", want)
	}
}

func say(key string, args map[string]string) lines.Line {
	return lines.Line{Say: &lines.Said{Key: key, Args: args}}
}

func ask(q lines.Question) lines.Line { return lines.Line{Ask: &q} }

func test(role drivers.Role, name, result string) lines.Line {
	return lines.Line{Test: &lines.Test{Role: role, Name: "serial:/dev/a", Test: name, Result: result}}
}

func enrolment(code string) lines.Answer { return lines.Answer{Enrolment: &code} }

func sign(id string) lines.Answer { return lines.Answer{Sign: &id} }

func devices(changes map[string]string) lines.Answer {
	if changes == nil {
		changes = map[string]string{}
	}
	return lines.Answer{Devices: &changes}
}

package devicetest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/muesli/cancelreader"

	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/selftest"
	"bianmin/packaging/tested"
)

// person is the technician at the terminal. What is said goes to standard error, so that standard output holds results alone.
type person struct {
	run     *run
	input   cancelreader.CancelReader
	lines   chan string // closed when nobody is there any more
	reading bool
}

var _ selftest.Person = (*person)(nil)

func newPerson(r *run) *person {
	input, err := cancelreader.NewReader(r.in)
	if err != nil { // a file that is always ready: no read of it waits
		input, _ = cancelreader.NewReader(struct{ io.Reader }{r.in})
	}
	return &person{run: r, input: input, lines: make(chan string)}
}

// Close breaks off a read that nobody waits for any more, and waits for its end.
func (p *person) Close() error {
	if p.input.Cancel() && p.reading { // what is no file cannot be broken off, and is no technician's terminal
		for range p.lines { // what was typed too late
		}
	}
	return p.input.Close()
}

// read reads lines from the first question on.
func (p *person) read() {
	if p.reading {
		return
	}
	p.reading = true
	go func() {
		defer close(p.lines)
		scanner := bufio.NewScanner(p.input)
		for scanner.Scan() {
			p.lines <- scanner.Text()
		}
	}()
}

// Tell implements selftest.Person.
func (p *person) Tell(_ drivers.Role, prompt selftest.Prompt) {
	p.run.say("selftest.prompt."+string(prompt), nil)
}

// Ask implements selftest.Person. Neither a line that says nothing nor one that nobody typed is an answer.
func (p *person) Ask(ctx context.Context, _ drivers.Role, question selftest.Question) selftest.Answer {
	p.read()
	p.run.say("selftest.question."+string(question), nil)
	p.run.say("selftest.yes-no", nil)
	for {
		select {
		case <-ctx.Done():
			return selftest.Nothing
		case line, there := <-p.lines:
			if !there {
				return selftest.Nothing
			}
			switch strings.ToLower(strings.TrimSpace(line)) {
			case "y", "yes", "对", "是":
				return selftest.Yes
			case "n", "no", "不对", "不是", "不":
				return selftest.No
			}
			p.run.say("selftest.ask-again", nil)
		}
	}
}

// say tells the technician something: Chinese first, English second.
func (r *run) say(key string, args func(text.Lang) map[string]any) {
	if args == nil {
		args = func(text.Lang) map[string]any { return nil }
	}
	_, _ = fmt.Fprintf(r.err, "%s / %s\n", r.words.T(text.Chinese, key, args(text.Chinese)), r.words.T(text.English, key, args(text.English)))
}

func (r *run) device(lang text.Lang, role drivers.Role) string {
	return r.words.T(lang, "selftest.role."+string(role), nil)
}

// tell prints one result, unless all are printed as JSON.
func (r *run) tell(t selftest.Result) error {
	if r.json {
		return nil
	}
	line := func(lang text.Lang) string {
		said := r.device(lang, t.Role) + " " + r.words.T(lang, "selftest.level."+string(t.Level), nil)
		if why := tested.Why(r.words, lang, t); why != "" {
			said += map[text.Lang]string{text.Chinese: "：", text.English: ": "}[lang] + why
		}
		return said
	}
	mark := r.words.T(text.Chinese, "selftest.outcome."+string(t.Outcome), nil) + " " + r.words.T(text.English, "selftest.outcome."+string(t.Outcome), nil)
	more := ""
	for _, word := range []string{t.Model, t.Serial, t.Firmware} {
		if word != "" {
			more += "  " + word
		}
	}
	if _, err := fmt.Fprintf(r.out, "[%s] %s / %s%s\n", mark, line(text.Chinese), line(text.English), more); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

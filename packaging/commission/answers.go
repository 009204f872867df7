package commission

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Answers are what a technician would say, beforehand.
type Answers struct {
	// Role is "kiosk" or "agent"; "" takes what the county made the code for.
	Role string `yaml:"role"`
	// Enrolment is the enrolment string, or "-" for one line of standard input; not needed once the machine is enrolled.
	Enrolment string `yaml:"enrolment"`
	// Technician is the number of the account who answers for the setup; "" is nobody.
	Technician string `yaml:"technician"`
	// Terminal is what terminal.yaml shall hold, in its own words; what is not said stays as it is.
	Terminal map[string]any `yaml:"terminal"`
	// Find looks for devices that Terminal does not name; true unless said otherwise.
	Find *bool `yaml:"find"`
	// Test names what is tried besides asking each device how it is: card, receipt, page, scan.
	Test []string `yaml:"test"`
	// Print prints the acceptance report; true unless said otherwise.
	Print *bool `yaml:"print"`
	// Start starts the services at the end, where a supervisor runs; true unless said otherwise.
	Start *bool `yaml:"start"`
}

// Tests are what can be tried.
const (
	TestCard    = "card"
	TestReceipt = "receipt"
	TestPage    = "page"
	TestScan    = "scan"
)

var tests = []string{TestCard, TestReceipt, TestPage, TestScan}

// ReadAnswers reads a file of answers; "-" as enrolment takes a line of stdin. Errors never repeat the enrolment string.
func ReadAnswers(path string, stdin io.Reader) (Answers, error) {
	content, err := os.ReadFile(path) // #nosec G304 -- the technician's own file
	if err != nil {
		return Answers{}, fmt.Errorf("read the answers: %w", err)
	}
	var a Answers
	if err := yaml.UnmarshalWithOptions(content, &a, yaml.DisallowUnknownField()); err != nil {
		return Answers{}, answersError(path, err)
	}
	if a.Enrolment == "-" {
		line, err := io.ReadAll(io.LimitReader(stdin, 4096))
		if err != nil {
			return Answers{}, fmt.Errorf("read the enrolment string: %w", err)
		}
		a.Enrolment = strings.TrimSpace(string(line))
	}
	return a, a.check(path)
}

// answersError names line and reason, without the file's text, which holds the code.
func answersError(path string, err error) error {
	var known yaml.Error
	if errors.As(err, &known) && known.GetToken() != nil {
		return fmt.Errorf("answers %s, line %d: not understood; the known words are role, enrolment, technician, terminal, find, test, print, start", path, known.GetToken().Position.Line)
	}
	return fmt.Errorf("answers %s: not understood", path)
}

func (a Answers) check(path string) error {
	if a.Role != "" && a.Role != "kiosk" && a.Role != "agent" {
		return fmt.Errorf("answers %s: role: say kiosk or agent", path)
	}
	for _, t := range a.Test {
		if !slices.Contains(tests, t) {
			return fmt.Errorf("answers %s: test: %q is unknown, say %s", path, t, strings.Join(tests, ", "))
		}
	}
	return nil
}

func yes(b *bool) bool { return b == nil || *b }

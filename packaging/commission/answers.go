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
	// Enrolment is the enrolment string, or "-" for one line of standard input; or, without network, the folder of the
	// stick with the pre-issued bundle, beginning with /. Not needed once the machine is enrolled.
	Enrolment string `yaml:"enrolment"`
	// Code is the one-time code where Enrolment is a stick's folder; "-" takes it from standard input.
	Code string `yaml:"code"`
	// Replace is where the work of the machine before lies, for a code of a terminal that there was already: the folder of
	// a stick, the data folder on the old machine's disk, or "none" when there is nothing to take over. "" takes what a stick holds.
	Replace string `yaml:"replace"`
	// Technician is the number of the account who answers for the setup; "" is nobody.
	Technician string `yaml:"technician"`
	// Terminal is what terminal.yaml shall hold, in its own words; what is not said stays as it is.
	Terminal map[string]any `yaml:"terminal"`
	// Button is the push button's link, or "none"; "" leaves what Terminal or the configuration says. Nobody is there to press it.
	Button string `yaml:"button"`
	// Find looks for devices that Terminal does not name; true unless said otherwise.
	Find *bool `yaml:"find"`
	// Test names what is tried besides asking each device how it is: card, receipt, page, scan.
	Test []string `yaml:"test"`
	// Print prints the acceptance report; true unless said otherwise.
	Print *bool `yaml:"print"`
	// Start starts the services at the end, where a supervisor runs; true unless said otherwise.
	Start *bool `yaml:"start"`
}

const noButton = "none"

// Tests are what can be tried.
const (
	TestCard    = "card"
	TestSocial  = "social"
	TestReceipt = "receipt"
	TestPage    = "page"
	TestScan    = "scan"
)

var tests = []string{TestCard, TestSocial, TestReceipt, TestPage, TestScan}

// AllTests are what can be tried, in its order.
func AllTests() []string { return slices.Clone(tests) }

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
	for _, said := range []*string{&a.Enrolment, &a.Code} {
		if *said != "-" {
			continue
		}
		line, err := io.ReadAll(io.LimitReader(stdin, 4096))
		if err != nil {
			return Answers{}, fmt.Errorf("read the enrolment string: %w", err)
		}
		*said = strings.TrimSpace(string(line))
	}
	return a, a.check(path)
}

// answersError names line and reason, without the file's text, which holds the code.
func answersError(path string, err error) error {
	var known yaml.Error
	if errors.As(err, &known) && known.GetToken() != nil {
		return fmt.Errorf("answers %s, line %d: not understood; the known words are role, enrolment, code, replace, technician, terminal, button, find, test, print, start", path, known.GetToken().Position.Line)
	}
	return fmt.Errorf("answers %s: not understood", path)
}

// byStick tells whether the enrolment is a stick's folder.
func (a Answers) byStick() bool { return strings.HasPrefix(a.Enrolment, "/") }

// Said is what a technician would say when asked for the enrolment: the string, or the code alone; "" where nothing is said.
func (a Answers) Said() string {
	if a.byStick() {
		return a.Code
	}
	return a.Enrolment
}

func (a Answers) check(path string) error {
	if a.Code != "" && !a.byStick() {
		return fmt.Errorf("answers %s: code: goes with enrolment as the folder of a stick", path)
	}
	if a.Role != "" && a.Role != "kiosk" && a.Role != "agent" {
		return fmt.Errorf("answers %s: role: say kiosk or agent", path)
	}
	if a.Button != "" && a.Button != noButton && !strings.HasPrefix(a.Button, "serial:/") {
		return fmt.Errorf("answers %s: button: say serial:PATH or none", path)
	}
	for _, t := range a.Test {
		if !slices.Contains(tests, t) {
			return fmt.Errorf("answers %s: test: %q is unknown, say %s", path, t, strings.Join(tests, ", "))
		}
	}
	return nil
}

func yes(b *bool) bool { return b == nil || *b }

package play

import (
	"strings"
	"testing"
	"time"
)

func TestParseJourney(t *testing.T) {
	journey, err := ParseJourney(strings.NewReader(`
name: 养老
timeout: 5s
steps:
  - tap: 社保
  - type: 13800000000
    as: phone
  - sleep: 1500ms
  - wait: {screen: done}
    timeout: 1m
`))
	if err != nil {
		t.Fatal(err)
	}
	if journey.Timeout != 5*time.Second || len(journey.Steps) != 4 {
		t.Errorf("%+v", journey)
	}
	if journey.Steps[1].Type != "13800000000" {
		t.Errorf("a number was read as %q", journey.Steps[1].Type)
	}
	if journey.Steps[2].Sleep != 1500*time.Millisecond || journey.Steps[3].Timeout != time.Minute {
		t.Errorf("times: %v %v", journey.Steps[2].Sleep, journey.Steps[3].Timeout)
	}
}

func TestParseJourneyRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":            {"name: x\n", "it has no steps"},
		"not YAML":         {"steps: [", "read the journey"},
		"unknown word":     {"steps:\n  - tpa: x\n", "line 2: the key \"tpa\" is not known"},
		"a wrong type":     {"steps:\n  - tap: x\n    times: many\n", "line 3: "},
		"two things":       {"steps:\n  - tap: x\n    type: y\n", "step 1: it must do exactly one thing, not 2 (tap, type)"},
		"nothing":          {"steps:\n  - tap: x\n  - as: y\n", "step 2: it must do exactly one thing, not 0"},
		"endless sleep":    {"steps:\n  - sleep: 1h\n", "sleep must be between"},
		"no condition":     {"steps:\n  - wait: {}\n", "exactly one thing|no condition"},
		"half of pinyin":   {"steps:\n  - type-pinyin: {keys: wang}\n", "needs keys and pick"},
		"a folder":         {"steps:\n  - shot: ../x\n", "plain name"},
		"a bad expression": {"steps:\n  - read: {like: '['}\n    as: x\n", "read: error parsing"},
		"read for nobody":  {"steps:\n  - read: {like: 'x'}\n", "read needs as"},
		"drag of nothing":  {"steps:\n  - drag: {y: 5}\n", "drag needs on"},
		"many taps":        {"steps:\n  - tap: x\n    times: 99\n", "times must be"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseJourney(strings.NewReader(c.text))
			if err == nil {
				t.Fatal("taken")
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %v", err)
			}
			found := false
			for _, want := range strings.Split(c.want, "|") {
				found = found || strings.Contains(err.Error(), want)
			}
			if !found {
				t.Errorf("%v does not say %q", err, c.want)
			}
		})
	}
}

func TestFind(t *testing.T) {
	sight := Sight{Things: []Thing{
		{Name: "key:1", Words: "1", Enabled: true},
		{Name: "养老退休", Words: "养老退休 待遇资格认证", Enabled: true},
		{Name: "下一步", Words: "下一步", Enabled: false},
		{Name: "foot", Words: "下一步", Enabled: true},
		{Name: "看病医保", Words: "看病医保 参保登记", Enabled: true},
		{Name: "困难救助", Words: "困难救助 参保补助", Enabled: true},
	}}
	for name, want := range map[string]string{
		"养老退休": "养老退休", "待遇资格": "养老退休", "下一步": "下一步", "foot": "foot", "1": "key:1",
		"参保": "", "没有": "", "参保登记": "看病医保",
	} {
		got, ok := sight.find(name)
		if got.Name != want || ok != (want != "") {
			t.Errorf("find %s: %q, want %q", name, got.Name, want)
		}
	}
}

package settings

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"pgregory.net/rapid"
)

func TestMergeKeepsComments(t *testing.T) {
	const before = `# 柳树沟村 kiosk
data: data   # here
session: {idle: 90s, warn: 30s}   # 按村里的要求

devices:
  # the reader; left port
  reader:
    # not by-id: two of a kind
    link: "serial:/dev/ttyS1"  # COM2
    baud: 9600
  # the printer
  printer: {link: "serial:/dev/ttyS2"}
# the county's
update:
  mirror: https://u.example/b  # 县里
`
	say := func(change func(m map[string]any)) map[string]any {
		var m map[string]any
		if err := yaml.Unmarshal([]byte(before), &m); err != nil {
			t.Fatal(err)
		}
		change(m)
		return m
	}
	sub := func(m map[string]any, names ...string) map[string]any {
		for _, name := range names {
			m, _ = m[name].(map[string]any)
		}
		return m
	}
	for _, c := range []struct {
		name, old, fresh string
		change           func(m map[string]any)
	}{
		{"the same", "", "", func(map[string]any) {}},
		{"a line", `"serial:/dev/ttyS1"  #`, `serial:/dev/ttyUSB0  #`, func(m map[string]any) { sub(m, "devices", "reader")["link"] = "serial:/dev/ttyUSB0" }},
		{"a number", "baud: 9600", "baud: 115200", func(m map[string]any) { sub(m, "devices", "reader")["baud"] = 115200 }},
		{"in braces", "idle: 90s", "idle: 2m", func(m map[string]any) { sub(m, "session")["idle"] = "2m" }},
		{"new below", "ttyS2\"}\n", "ttyS2\"}\n  document:\n    link: ipp://h/p\n", func(m map[string]any) { sub(m, "devices")["document"] = map[string]any{"link": "ipp://h/p"} }},
		{"new deeper", "baud: 9600\n", "baud: 9600\n    id: 7\n", func(m map[string]any) { sub(m, "devices", "reader")["id"] = 7 }},
		{"away", "  printer: {link: \"serial:/dev/ttyS2\"}\n", "", func(m map[string]any) { delete(sub(m, "devices"), "printer") }},
		{"away with its lines", "  reader:\n    # not by-id: two of a kind\n    link: \"serial:/dev/ttyS1\"  # COM2\n    baud: 9600\n", "", func(m map[string]any) { delete(sub(m, "devices"), "reader") }},
		{"new at the end", "县里\n", "县里\nscreen:\n  fullscreen: true\n", func(m map[string]any) { m["screen"] = map[string]any{"fullscreen": true} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			after, err := Merge([]byte(before), say(c.change))
			if want := strings.Replace(before, c.old, c.fresh, 1); err != nil || string(after) != want {
				t.Errorf("%v\n%s", err, after)
			}
		})
	}
	if after, err := Merge([]byte("# nothing yet\n"), map[string]any{"data": "d"}); err != nil || string(after) != "# nothing yet\ndata: d\n" {
		t.Errorf("%q, %v", after, err)
	}
	for _, odd := range []string{"a: &x {b: 1}\nc: *x\n", "a: |\n  folded\nb: {c:\n  1}\n"} {
		after, err := Merge([]byte(odd), map[string]any{"c": map[string]any{"b": 2}})
		if err != nil && !errors.Is(err, ErrByHand) {
			t.Errorf("%q: %v", odd, err)
		}
		t.Logf("%q", after)
	}
}

// TestMergeSaysWhatIsWanted: whatever comes back says exactly what is wanted, and every comment of what stays is there.
func TestMergeSaysWhatIsWanted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) map[string]any {
			scalar := rapid.OneOf(rapid.Just[any]("2m"), rapid.Just[any]("# no comment: {"), rapid.Just[any](true), rapid.Just[any]("柳树沟"), rapid.Just[any](7), rapid.Just[any](""))
			inner := rapid.MapOf(rapid.SampledFrom([]string{"v", "x", "z"}), scalar)
			one := rapid.OneOf(scalar, rapid.Map(inner, func(m map[string]any) any { return m }))
			return rapid.MapOf(rapid.SampledFrom([]string{"a", "b", "c", "d"}), one).Draw(t, label)
		}
		from, to := draw("from"), draw("to")
		text, err := yaml.MarshalWithOptions(from, yaml.Flow(rapid.Bool().Draw(t, "braces")))
		if err != nil {
			t.Fatal(err)
		}
		after, err := Merge(append([]byte("# first\n"), text...), to)
		var says, want map[string]any
		again, marshal := yaml.Marshal(to)
		if err := errors.Join(err, marshal, yaml.Unmarshal(after, &says), yaml.Unmarshal(again, &want)); err != nil {
			t.Fatal(err)
		}
		if len(want)+len(says) > 0 && !reflect.DeepEqual(says, want) || !strings.HasPrefix(string(after), "# first\n") {
			t.Errorf("want %v, it says\n%s", want, after)
		}
	})
}

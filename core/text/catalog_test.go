package text_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"bianmin/core/text"
)

func load(t *testing.T, files map[string]string) *text.Catalog {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, content := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(content)}
	}
	c, err := text.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestT(t *testing.T) {
	c := load(t, map[string]string{
		"zh.json": `{"a":{"hello":"您好，{name}","pages":"{n} 页","role":"{what}不能用","only":"只有中文"},"device":{"printer":"打印机"}}`,
		"en.json": `{"a":{"hello":"Hello {name}","pages":{"plural":"n","one":"{n} page","other":"{n} pages"},"role":"The {what} is down"},"device":{"printer":"printer"}}`,
	})
	for _, test := range []struct {
		lang text.Lang
		key  string
		args map[string]any
		want string
	}{
		{text.Chinese, "a.hello", map[string]any{"name": "王秀兰"}, "您好，王秀兰"},
		{text.English, "a.hello", map[string]any{"name": text.Local{text.Chinese: "王", text.English: "Wang"}}, "Hello Wang"},
		{text.Chinese, "a.hello", map[string]any{"name": text.Local{text.Chinese: "王", text.English: "Wang"}}, "您好，王"},
		{text.English, "a.pages", map[string]any{"n": 1}, "1 page"},
		{text.English, "a.pages", map[string]any{"n": int64(1)}, "1 page"},
		{text.English, "a.pages", map[string]any{"n": 0}, "0 pages"},
		{text.English, "a.pages", map[string]any{"n": 12}, "12 pages"},
		{text.Chinese, "a.pages", map[string]any{"n": 1}, "1 页"},
		{text.Chinese, "a.role", map[string]any{"what": text.Key("device.printer")}, "打印机不能用"},
		{text.English, "a.role", map[string]any{"what": text.Key("device.printer")}, "The printer is down"},
		{text.English, "a.only", nil, "只有中文"},
		{text.Chinese, "a.hello", nil, "您好，{name}"},
		{text.Chinese, "a.hello", map[string]any{"name": "{n}"}, "您好，{n}"},
		{text.English, "no.such", nil, "【no.such】"},
	} {
		if got := c.T(test.lang, test.key, test.args); got != test.want {
			t.Errorf("T(%s, %s, %v) = %q, want %q", test.lang, test.key, test.args, got, test.want)
		}
	}
	if got := strings.Join(c.Missing(), " "); got != "no.such" {
		t.Errorf("Missing() = %q, want no.such", got)
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, test := range map[string]struct{ content, want string }{
		"not json":     {`{"a":`, "zh.json"},
		"a number":     {`{"a":{"b":3}}`, "a.b"},
		"empty words":  {`{"a":{"b":""}}`, "a.b"},
		"half plural":  {`{"a":{"plural":"n","one":"x"}}`, "other"},
		"nothing":      {`{}`, "zh.json"},
		"a list":       {`{"a":["x"]}`, "a"},
		"plural count": {`{"a":{"plural":1,"one":"x","other":"y"}}`, "plural"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := text.Load(fstest.MapFS{"zh.json": &fstest.MapFile{Data: []byte(test.content)}})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Load = %v, want an error naming %q", err, test.want)
			}
		})
	}
}

func TestDerive(t *testing.T) {
	c := load(t, map[string]string{
		"zh.json": `{"k":"字"}`,
		"en.json": `{"k":{"plural":"n","one":"{n} thing","other":"{n} things"}}`,
	})
	d := c.Derive(text.English, "long", func(s string) string { return s + " and more" })
	if got := d.T("long", "k", map[string]any{"n": 2}); got != "2 things and more" {
		t.Errorf("derived = %q", got)
	}
	if got := d.T(text.English, "k", map[string]any{"n": 1}); got != "1 thing" {
		t.Errorf("original in the derived catalogue = %q", got)
	}
	if c.Has("long", "k") {
		t.Error("deriving changed the original catalogue")
	}
	if got := len(d.Languages()); got != 3 {
		t.Errorf("languages = %d, want 3", got)
	}
}

func TestPlaceholders(t *testing.T) {
	for template, want := range map[string]string{
		"":                   "",
		"plain":              "",
		"{b} and {a} or {b}": "a b",
		"{open":              "",
		"close} {a}":         "a",
	} {
		if got := strings.Join(text.Placeholders(template), " "); got != want {
			t.Errorf("Placeholders(%q) = %q, want %q", template, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	at := func(hour, minute int) time.Time { return time.Date(2026, 3, 4, hour, minute, 0, 0, time.UTC) }
	for _, test := range []struct{ got, want string }{
		{text.Date(text.Chinese, at(0, 0)), "2026年3月4日"},
		{text.Date(text.English, at(0, 0)), "4 March 2026"},
		{text.ShortDate(text.Chinese, at(0, 0)), "3月4日"},
		{text.ShortDate(text.English, at(0, 0)), "4 Mar"},
		{text.Clock(text.Chinese, at(9, 42)), "上午 9:42"},
		{text.Clock(text.Chinese, at(0, 5)), "凌晨 12:05"},
		{text.Clock(text.Chinese, at(12, 0)), "中午 12:00"},
		{text.Clock(text.Chinese, at(16, 30)), "下午 4:30"},
		{text.Clock(text.Chinese, at(20, 1)), "晚上 8:01"},
		{text.Clock(text.English, at(16, 30)), "4:30 pm"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

// TestLoadJoinsFilesOfALanguage: a front-end's words stand in a file of their own, a key in one file only.
func TestLoadJoinsFilesOfALanguage(t *testing.T) {
	c := load(t, map[string]string{"zh.json": `{"a":{"x":"甲"}}`, "zh-desk.json": `{"a":{"y":"乙"},"desk":{"z":"丙"}}`})
	for key, want := range map[string]string{"a.x": "甲", "a.y": "乙", "desk.z": "丙"} {
		if got := c.T(text.Chinese, key, nil); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	if got := c.Languages(); len(got) != 1 {
		t.Errorf("languages: %v", got)
	}
	_, err := text.Load(fstest.MapFS{"zh.json": {Data: []byte(`{"a":"甲"}`)}, "zh-desk.json": {Data: []byte(`{"a":"乙"}`)}})
	if err == nil || !strings.Contains(err.Error(), "a stands in another file too") {
		t.Errorf("a key in two files: %v", err)
	}
}

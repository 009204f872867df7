package settings

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bianmin/packaging/settings/schema"
)

func key(t testing.TB, name string) schema.Key {
	t.Helper()
	k, known := schema.Find(name)
	if !known {
		t.Fatalf("%s is not known", name)
	}
	return k
}

const commented = `# 柳树沟村 kiosk
data: data   # here
session: {idle: 90s, warn: 30s}   # 按村里的要求
devices:
  # the reader
  reader: {link: "serial:/dev/ttyS1"}
update:
  # the county's
  mirror: https://u.example/b  # 县里
  hours: '01:00-05:00'
log: info
`

func TestChangeKeepsTheRest(t *testing.T) {
	for _, c := range []struct {
		name, before, key, value, want string
	}{
		{"in braces", commented, schema.Idle, "2m", strings.Replace(commented, "idle: 90s", "idle: 2m", 1)},
		{"new in braces", commented, schema.Done, "45s", strings.Replace(commented, "{idle", "{done: 45s, idle", 1)},
		{"in lines", commented, schema.Mirror, "https://v.example", strings.Replace(commented, "https://u.example/b ", "\"https://v.example\" ", 1)},
		{"top", commented, schema.Log, "warn", strings.Replace(commented, "log: info", "log: warn", 1)},
		{"new at the top", commented, schema.Phone, "0989-5310700", commented + "phone: \"0989-5310700\"\n"},
		{"new below nothing", commented, schema.Lock, "3m", commented + "desk:\n  lock: 3m\n"},
		{"no newline at the end", "data: d", schema.Log, "warn", "data: d\nlog: warn\n"},
		{"all in braces", "{data: d, log: info}", schema.Idle, "2m", "{session: {idle: 2m}, data: d, log: info}"},
		{"nothing said below", "data: d\nsession:  # later\nlog: info\n", schema.Idle, "2m", "data: d\nsession:  # later\n  idle: 2m\nlog: info\n"},
		{"new in lines", "data: d\nsession:\n  # slow people\n  idle: 2m # two\nlog: info\n", schema.Warn, "45s", "data: d\nsession:\n  # slow people\n  idle: 2m # two\n  warn: 45s\nlog: info\n"},
		{"empty braces", "data: d\nsession: {}\n", schema.Idle, "2m", "data: d\nsession: {idle: 2m}\n"},
		{"Chinese before it", "{phone: \"12345\", exports: 便民导出, data: d, log: info}\n", schema.Log, "warn", "{phone: \"12345\", exports: 便民导出, data: d, log: warn}\n"},
		{"windows' ends", "data: d\r\nlog: info\r\n", schema.Log, "warn", "data: d\r\nlog: warn\r\n"},

		{"away from the top", commented, schema.Log, "", strings.Replace(commented, "log: info\n", "", 1)},
		{"away in braces", commented, schema.Idle, "", strings.Replace(commented, "idle: 90s, ", "", 1)},
		{"the last away in braces", commented, schema.Warn, "", strings.Replace(commented, ", warn: 30s", "", 1)},
		{"away in lines", commented, schema.Hours, "", strings.Replace(commented, "  hours: '01:00-05:00'\n", "", 1)},
		{"the only one away", "data: d\nsession:\n  idle: 2m\nlog: info\n", schema.Idle, "", "data: d\nlog: info\n"},
		{"the only one away in braces", "data: d\nsession: {idle: 2m} # x\nlog: info\n", schema.Idle, "", "data: d\nlog: info\n"},
		{"the only one away in two braces", "{data: d, session: {idle: 2m}}", schema.Idle, "", "{data: d}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, c.before)
			e, err := Change(path, key(t, c.key), c.value)
			if err != nil {
				t.Fatal(err)
			}
			if string(e.After) != c.want {
				t.Fatalf("became\n%s\nwant\n%s", e.After, c.want)
			}
			if held, err := os.ReadFile(path); err != nil || string(held) != c.before {
				t.Fatal("the file was written before Write")
			}
			if err := os.Chmod(path, 0o640); err != nil {
				t.Fatal(err)
			}
			if err := e.Write(); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if held, err2 := os.ReadFile(path); err != nil || err2 != nil || string(held) != c.want || info.Mode().Perm() != 0o640 {
				t.Fatalf("the file holds %q, %v", held, info.Mode())
			}
		})
	}
}

func TestChangeRefuses(t *testing.T) {
	for _, c := range []struct {
		name, before, key, value string
		want                     error
	}{
		{"not said", commented, schema.Phone, "", ErrNotSaid},
		{"not said below", commented, schema.Done, "", ErrNotSaid},
		{"folded", "data: d\nphone: >\n  12345\n", schema.Phone, "0989-1", ErrByHand},
		{"an anchor", "data: d\nphone: &p \"12345\"\n", schema.Phone, "0989-1", ErrByHand},
		{"two documents", "data: d\n---\ndata: e\n", schema.Phone, "0989-1", ErrByHand},
		{"braces over lines", "data: d\nsession: {\n  idle: 2m }\n", schema.Idle, "", ErrByHand},
	} {
		t.Run(c.name, func(t *testing.T) {
			if e, err := Change(write(t, c.before), key(t, c.key), c.value); !errors.Is(err, c.want) {
				t.Fatalf("got %v, %v", e, err)
			}
		})
	}
	if _, err := Change(write(t, "data: d\nbroken: 1\n"), key(t, schema.Log), "warn"); err == nil || !strings.Contains(err.Error(), `"broken" is not known`) {
		t.Errorf("a broken file: %v", err)
	}
}

func TestWriteLosesNothing(t *testing.T) {
	path := write(t, commented)
	e, err := Change(path, key(t, schema.Log), "warn")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("data: other\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := e.Write(); !errors.Is(err, ErrMoved) {
		t.Errorf("over somebody else's change: %v", err)
	}
	if held, err := os.ReadFile(path); err != nil || string(held) != "data: other\n" {
		t.Errorf("the other's change is gone: %q, %v", held, err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	link := filepath.Join(t.TempDir(), "terminal.yaml")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if e, err = Change(link, key(t, schema.Log), "warn"); err != nil {
		t.Fatal(err)
	}
	if err := e.Write(); err != nil {
		t.Fatal(err)
	}
	if held, err := os.ReadFile(path); err != nil || string(held) != "data: other\nlog: warn\n" {
		t.Errorf("through a link: %q, %v", held, err)
	}
}

// TestChangeSaysExactlyThat: whatever the file looks like, a change is either refused or is exactly the one that was meant, and back again.
func TestChangeSaysExactlyThat(t *testing.T) {
	names := []string{schema.Idle, schema.Warn, schema.Phone, schema.Log, schema.Mirror, schema.Hours, schema.Lock}
	values := map[string][]string{
		schema.Idle: {"45s", "2m"}, schema.Warn: {"20s", "1m"}, schema.Phone: {"110", "0989-5310700"}, schema.Log: {"debug", "warn"},
		schema.Mirror: {"https://a.example", "https://b.example/x"}, schema.Hours: {"02:00-03:00"}, schema.Lock: {"2m"},
	}
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{
			"phone: \"1\" # 电话\n", "session: {idle: 50s,warn: 20s}\n", "update:\n    mirror: https://m.example # m\n", "desk:\n  # 锁\n  lock: 3m\n",
			"log: 'info'\n", "catalogue: 目录\n", "\n", "# only words: {idle: 3}\n", "exports: \"a: b\" # c\n",
		}), 0, 9, func(s string) string { return s }).Draw(t, "lines")
		before := "data: d\n" + strings.Join(lines, "")
		name := rapid.SampledFrom(names).Draw(t, "name")
		value := rapid.SampledFrom(append(values[name], "")).Draw(t, "value")
		after, err := edited([]byte(before), strings.Split(name, "."), value)
		if errors.Is(err, ErrNotSaid) {
			return
		}
		if err != nil {
			t.Fatalf("%s = %q in\n%s\n%v", name, value, before, err)
		}
		s, err := own("terminal.yaml", after)
		if err != nil {
			t.Fatal(err)
		}
		if s.local()[name] != value {
			t.Fatalf("%s says %q, want %q", name, s.local()[name], value)
		}
		for _, line := range strings.Split(before, "\n") {
			if words, comment, found := strings.Cut(line, " #"); found && !strings.Contains(string(after), comment) && value != "" {
				t.Fatalf("the comment of %q is gone", words)
			}
		}
	})
}

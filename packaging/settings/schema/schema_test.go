package schema

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func find(t testing.TB, name string) Key {
	t.Helper()
	k, known := Find(name)
	if !known {
		t.Fatalf("%s is not known", name)
	}
	return k
}

// TestSchemaIsSound: names are there once, defaults are within what the province may say, and a machine's bounds lie within the province's.
func TestSchemaIsSound(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Keys() {
		if seen[k.Name] {
			t.Errorf("%s is there twice", k.Name)
		}
		seen[k.Name] = true
		if k.Here && !k.File {
			t.Errorf("%s may be set here and has no place in the file", k.Name)
		}
		if k.Default != "" {
			for _, read := range []func(string) (string, error){k.Province, k.Read} {
				if got, err := read(k.Default); err != nil || got != k.Default {
					t.Errorf("%s: the default %q reads as %q, %v", k.Name, k.Default, got, err)
				}
			}
		}
		for _, bound := range []string{k.Narrow.Least, k.Narrow.Most, k.Bounds.Least, k.Bounds.Most} {
			if bound == "" {
				continue
			}
			if got, err := k.Province(bound); err != nil || got != bound {
				t.Errorf("%s: the bound %q reads as %q, %v", k.Name, bound, got, err)
			}
		}
	}
}

func TestValues(t *testing.T) {
	for _, c := range []struct {
		key, value      string
		normal          string
		province, local error
	}{
		{Retention, "30", "30", nil, nil},
		{Retention, "0", "", ErrRange, nil},
		{Retention, "366", "", ErrRange, nil},
		{Retention, "-1", "", ErrForm, ErrForm},
		{Retention, "3 0", "", ErrForm, ErrForm},
		{Reserve, "0512", "512", nil, nil},
		{Reserve, "31", "", ErrRange, nil},
		{Reserve, "64 MB", "", ErrForm, ErrForm},
		{Retention, "99999999999999999999", "", ErrForm, ErrForm},
		{Idle, "120s", "2m", nil, nil},
		{Idle, "1m30s", "90s", nil, nil},
		{Idle, "30s", "30s", nil, ErrRange},
		{Idle, "10m", "10m", nil, ErrRange},
		{Idle, "11m", "", ErrRange, ErrRange},
		{Idle, "0s", "", ErrForm, ErrForm},
		{Idle, "-90s", "", ErrForm, ErrForm},
		{Idle, "90", "", ErrForm, ErrForm},
		{Idle, "1.5s", "", ErrForm, ErrForm},
		{Idle, "2562047h47m16.854775807s", "", ErrForm, ErrForm},
		{Phone, "0989-5310700", "0989-5310700", nil, nil},
		{Phone, "+86 989 531", "+86 989 531", nil, nil},
		{Phone, "", "", ErrForm, ErrForm},
		{Phone, "12345\n", "", ErrForm, ErrForm},
		{Phone, "王小丫", "", ErrForm, ErrForm},
		{Log, "debug", "debug", nil, nil},
		{Log, "loud", "", ErrForm, ErrForm},
		{Mirror, "https://u.example/b/", "https://u.example/b", nil, nil},
		{Mirror, "http://u.example/b", "", ErrForm, ErrForm},
		{Mirror, "https://a:b@u.example/b", "", ErrForm, ErrForm},
		{Mirror, "https:///b", "", ErrForm, ErrForm},
		{Hours, "22:30-04:00", "22:30-04:00", nil, nil},
		{Hours, "04:00-04:00", "", ErrForm, ErrForm},
		{Hours, "24:00-04:00", "", ErrForm, ErrForm},
	} {
		k := find(t, c.key)
		if got, err := k.Province(c.value); !errors.Is(err, c.province) || (err == nil && got != c.normal) {
			t.Errorf("%s %q from the province: %q, %v", c.key, c.value, got, err)
		}
		if got, err := k.Local(c.value); !errors.Is(err, c.local) || (c.local == nil && err == nil && c.normal != "" && got != c.normal) {
			t.Errorf("%s %q here: %q, %v", c.key, c.value, got, err)
		}
	}
}

// TestNormalFormIsFinal: what was read reads as itself, whatever was said, and nothing makes a reader panic.
func TestNormalFormIsFinal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(Keys()).Draw(t, "key")
		said := rapid.OneOf(
			rapid.String(),
			rapid.Map(rapid.Int64Range(1, 90_000), func(s int64) string { return (time.Duration(s) * time.Second).String() }),
			rapid.StringMatching(`[0-9]{1,6}`), rapid.StringMatching(`[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]`),
		).Draw(t, "said")
		normal, err := k.Province(said)
		if err != nil {
			return
		}
		if again, err := k.Province(normal); err != nil || again != normal {
			t.Fatalf("%s: %q is %q, and that is %q, %v", k.Name, said, normal, again, err)
		}
	})
}

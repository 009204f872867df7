package identity_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"bianmin/core/identity"
)

func TestParseDate(t *testing.T) {
	for s, want := range map[string]string{
		"19480315": "1948-03-15", "20240229": "2024-02-29", "20230229": "", "19000229": "", "20000229": "2000-02-29", "20231301": "", "20230001": "",
		"20230100": "", "00000101": "", "2023 101": "", "2023-1-1": "", "": "", "202301011": "", "长期": "",
	} {
		d, err := identity.ParseDate(s)
		if d.String() != want || (err == nil) != (want != "") {
			t.Errorf("ParseDate(%q) = %v, %v, want %q", s, d, err, want)
		}
	}
}

func TestDateRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		when := time.Unix(rapid.Int64Range(-3e9, 7e9).Draw(t, "seconds"), 0).UTC()
		d := identity.DateOf(when)
		back, err := identity.ParseDate(d.Compact())
		if err != nil || back != d {
			t.Fatalf("%v comes back as %v, %v", d, back, err)
		}
		next := identity.DateOf(d.In(time.UTC).AddDate(0, 0, 1))
		if !d.Before(next) || next.Before(d) || d.Before(d) {
			t.Fatalf("%v and %v are in no order", d, next)
		}
	})
}

func TestAge(t *testing.T) {
	for _, c := range []struct {
		born, on string
		want     int
	}{
		{"19480315", "20261122", 78},
		{"19480315", "20260314", 77},
		{"19480315", "20260315", 78},
		{"20040229", "20220228", 17}, // full on March 1st
		{"20040229", "20220301", 18},
		{"20261122", "20261122", 0},
		{"20261123", "20261122", 0},
	} {
		born, err := identity.ParseDate(c.born)
		if err != nil {
			t.Fatal(err)
		}
		on, err := identity.ParseDate(c.on)
		if err != nil {
			t.Fatal(err)
		}
		if got := born.Age(on); got != c.want {
			t.Errorf("born %s, on %s: %d, want %d", c.born, c.on, got, c.want)
		}
	}
}

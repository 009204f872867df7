package wire

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTicketRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var random [16]byte
		copy(random[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "random"))
		want := Ticket{
			URL:         "https://" + rapid.StringMatching(`[a-z]{1,12}(\.[a-z]{2,4})?(:[1-9][0-9]{1,3})?(/[a-z]{1,5})?`).Draw(t, "host"),
			Fingerprint: rapid.StringMatching(`[0-9a-f]{64}`).Draw(t, "fingerprint"),
			Code:        FormatCode(random),
		}
		got, err := ParseTicket(" " + want.String() + "\n")
		if err != nil || got != want {
			t.Fatalf("ParseTicket(%q) = %+v, %v", want, got, err)
		}
		typed := strings.ToLower(strings.ReplaceAll(want.Code, "-", " "))
		if got, err = NewTicket(want.URL+"/", strings.ToUpper(want.Fingerprint), typed); err != nil || got != want {
			t.Fatalf("NewTicket typed by hand = %+v, %v", got, err)
		}
		if code, ok := ParseCode(" " + typed); !ok || code != want.Code {
			t.Fatalf("ParseCode(%q) = %q, %v", typed, code, ok)
		}
		if code, ok := ParseCode(typed[1:]); ok {
			t.Fatalf("ParseCode takes %q", code)
		}
	})
}

func TestTicketRefusesWhatItCannotTrust(t *testing.T) {
	fp, code := strings.Repeat("ab", 32), "0123-4567-89AB-CDEF"
	for _, bad := range []string{
		"", "BIANMIN1", "BIANMIN2|https://p|" + fp + "|" + code,
		"BIANMIN1|http://p|" + fp + "|" + code,
		"BIANMIN1|https://|" + fp + "|" + code,
		"BIANMIN1|https://u:p@h|" + fp + "|" + code,
		"BIANMIN1|https://h?x=1|" + fp + "|" + code,
		"BIANMIN1|https://h|" + fp[1:] + "|" + code,
		"BIANMIN1|https://h|" + fp + "|0123-4567-89AB-CDE",
		"BIANMIN1|https://h|" + fp + "|0123-4567-89AB-CDEU",
		"BIANMIN1|https://h|" + fp + "|" + code + "|more",
	} {
		if got, err := ParseTicket(bad); err == nil {
			t.Errorf("ParseTicket(%q) = %+v, want an error", bad, got)
		} else if strings.Contains(err.Error(), code) {
			t.Errorf("ParseTicket(%q): the error repeats the code: %v", bad, err)
		}
	}
}

package wire

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// Ticket is what an enrolment string says: where the platform is, by which
// fingerprint its trust bundle is known, and the one-time code.
type Ticket struct {
	URL         string
	Fingerprint string // SM3 of the trust bundle, 64 lower-case hex characters
	Code        string
}

const ticketPrefix = "BIANMIN1"

var (
	fingerprintForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
	codeForm        = regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$`)
)

// String gives the enrolment string, BIANMIN1|url|fingerprint|code.
func (t Ticket) String() string {
	return strings.Join([]string{ticketPrefix, t.URL, t.Fingerprint, t.Code}, "|")
}

// ParseTicket reads an enrolment string. The error says which part is wrong and never repeats the code.
func ParseTicket(s string) (Ticket, error) {
	parts := strings.Split(strings.TrimSpace(s), "|")
	if len(parts) != 4 || parts[0] != ticketPrefix {
		return Ticket{}, errors.New("not an enrolment string: want BIANMIN1|url|fingerprint|code")
	}
	return NewTicket(parts[1], parts[2], parts[3])
}

// NewTicket makes a ticket of parts typed by hand, forgiving letter case, spaces, and O, I, L for digits in the code.
func NewTicket(platform, fingerprint, code string) (Ticket, error) {
	t := Ticket{
		URL:         strings.TrimRight(strings.TrimSpace(platform), "/"),
		Fingerprint: strings.ToLower(strings.NewReplacer(":", "", " ", "").Replace(strings.TrimSpace(fingerprint))),
		Code:        tidyCode(code),
	}
	u, err := url.Parse(t.URL)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return Ticket{}, errors.New("the platform's address must be an https URL with a host and nothing behind its path")
	}
	if !fingerprintForm.MatchString(t.Fingerprint) {
		return Ticket{}, fmt.Errorf("the trust fingerprint must be 64 hex characters, got %d", len(t.Fingerprint))
	}
	if !codeForm.MatchString(t.Code) {
		return Ticket{}, errors.New("the enrolment code must be four groups of four letters and digits")
	}
	return t, nil
}

// codeAlphabet is Crockford's: no I, L, O, U.
const codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// FormatCode writes 16 random bytes' low five bits each as a code of four groups.
func FormatCode(random [16]byte) string {
	var b strings.Builder
	for i, r := range random {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(codeAlphabet[r&31])
	}
	return b.String()
}

// ParseCode reads a code typed by hand, forgiving letter case, spaces, missing
// dashes and O, I, L for digits; false when it cannot be one.
func ParseCode(s string) (string, bool) {
	code := tidyCode(s)
	return code, codeForm.MatchString(code)
}

func tidyCode(s string) string {
	plain := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(strings.TrimSpace(s)))
	var groups []string
	for len(plain) > 4 {
		groups = append(groups, plain[:4])
		plain = plain[4:]
	}
	return strings.Join(append(groups, plain), "-")
}

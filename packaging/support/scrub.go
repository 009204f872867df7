package support

import (
	"regexp"
	"strings"
	"unicode"
)

// What scrub puts in the place of what it takes out.
const (
	blackText   = "□"
	blackNumber = "#"
	blackWord   = "Xxx"
)

var (
	digits = regexp.MustCompile(`[0-9Xx*-]*[0-9][0-9Xx -]{5,}[0-9Xx]`)
	word   = regexp.MustCompile(`[A-Za-z][A-Za-z'’-]*`)
	coded  = regexp.MustCompile(`(\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\x[0-9a-fA-F]{2}|\\[0-7]{3}|%[0-9a-fA-F]{2})+`) // other ways to write a text
	blob   = regexp.MustCompile(`[A-Za-z0-9+=_]{24,}`)                                                                 // keys, digests, base64, hex
	mail   = regexp.MustCompile(`[^\s"=]+(@|%40)[^\s"]+`)
)

// technical are words with capitals that programs write.
var technical = map[string]bool{
	"INFO": true, "WARN": true, "ERROR": true, "DEBUG": true, "HTTP": true, "HTTPS": true, "TLS": true, "TCP": true, "EOF": true, "DLE": true, "EOT": true,
	"USB": true, "SANE": true, "IPP": true, "CUPS": true, "SQL": true, "SQLITE": true, "GET": true, "POST": true, "PATCH": true, "PDF": true,
	"Started": true, "Stopped": true, "Starting": true, "Stopping": true, "Failed": true, "Scheduled": true, "Main": true, "T": true, "Z": true,
	"SIGKILL": true, "SIGTERM": true, "SIGABRT": true, "DISPLAY": true, "OOM": true, "DNS": true, "FTDI": true, "CH": true, "ACM": true,
}

// scrub takes out of a line of text whatever could be about a person: all that is not ASCII, addresses, long numbers
// with whatever ends them, and every word with a capital letter that is no technical term. Small words and short
// numbers stay, which is what an error is understood by.
func scrub(line string) string {
	line = mail.ReplaceAllString(line, blackWord)
	line = blob.ReplaceAllString(coded.ReplaceAllString(line, blackText), blackNumber)
	var b strings.Builder
	black := false
	for _, r := range line {
		if r > unicode.MaxASCII || (r < ' ' && r != '\t') {
			if !black {
				b.WriteString(blackText)
			}
			black = true
			continue
		}
		black = false
		b.WriteRune(r)
	}
	line = keepTimes(b.String())
	return word.ReplaceAllStringFunc(line, func(w string) string {
		if w == strings.ToLower(w) || technical[w] || w == blackWord {
			return w
		}
		return blackWord
	})
}

// moment is how programs write times.
var moment = regexp.MustCompile(`\b20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9][0-9.]*(Z|[+-][0-9:]{5})`)

// keepTimes takes long numbers out, but not out of times.
func keepTimes(line string) string {
	var b strings.Builder
	for line != "" {
		at := moment.FindStringIndex(line)
		if at == nil {
			at = []int{len(line), len(line)}
		}
		b.WriteString(digits.ReplaceAllString(line[:at[0]], blackNumber))
		b.WriteString(line[at[0]:at[1]])
		line = line[at[1]:]
	}
	return b.String()
}

// port is what stays of a device's name: where it is plugged in, without anything written by hand.
var port = regexp.MustCompile(`^(serial:(/dev/[A-Za-z0-9/._:-]+)|ipp://[0-9a-z.:\[\]]+/[a-z0-9/_-]*|(usb|hid):([0-9a-fA-F]{4}:[0-9a-fA-F]{4}|printer)(:[A-Za-z0-9._/-]{1,40}|@[0-9]+-[0-9.]+)?|[a-z0-9]+:[a-z0-9:/._-]*)$`)

// link keeps a device's link when it has the form of one and no number of a person in it.
func link(s string) string {
	if !port.MatchString(s) || longNumber.MatchString(s) {
		return blackText
	}
	return s
}

var longNumber = regexp.MustCompile(`[0-9]{11}`)

// Package schema says which settings of a terminal the province may set, within which
// bounds, and which of them a machine may set for itself. Values are text, as they stand in a
// configuration file. It must not read files or decide which of two values counts.
package schema

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Names of the settings.
const (
	Retention = "retention.days" // days a delivered packet stays
	Cases     = "cases.days"     // days a case stays in "my cases"
	DeskCases = "desk.days"      // days a case that is over stays at a desk
	Reserve   = "disk.reserve"   // megabytes that are kept to finish what was begun: with less, nothing new begins
	Idle      = "session.idle"   // a citizen's session: without a touch until the warning
	Warn      = "session.warn"   // the warning's countdown
	Done      = "session.done"   // on the last screen
	Lock      = "desk.lock"      // a desk: without a key until it locks
	Phone     = "phone"          // whom people call
	Log       = "log"            // what the programs log
	Mirror    = "update.mirror"  // where new versions come from
	Hours     = "update.hours"   // when they are fetched and changed to
	Cap       = "link.cap"       // kilobytes a second of scanned pages at most, 0 for no limit
	Quiet     = "link.quiet"     // hours in which scanned pages wait
	Metered   = "link.metered"   // whether what goes over the line costs
)

// None is the word for no hours.
const None = "none"

// Values of Metered.
const (
	MeteredNo    = "no"
	MeteredNight = "night" // scanned pages go in the hours of updates only
	MeteredForms = "forms" // scanned pages do not go over this line
)

// Errors of a value.
var (
	ErrForm  = errors.New("it has not the form of this setting")
	ErrRange = errors.New("it is out of bounds")
)

// Key is one setting.
type Key struct {
	Name    string
	Default string // in normal form; "" where there is none
	Here    bool   // a machine may set it for itself, against the province
	File    bool   // it has a place in the machine's configuration file
	Bounds  Bounds // what the province may say
	Narrow  Bounds // what a machine may say for itself

	form form
}

// Bounds are the least and the most, in normal form; both empty where only the form counts.
type Bounds struct{ Least, Most string }

func (b Bounds) String() string {
	if b == (Bounds{}) {
		return ""
	}
	return b.Least + " – " + b.Most
}

// form reads a value: its normal form, and its size where it has bounds.
type form func(text string) (normal string, size int64, err error)

var keys = []Key{
	{Name: Retention, Default: "7", Bounds: Bounds{"1", "365"}, form: days},
	{Name: Cases, Default: "180", Bounds: Bounds{"30", "3650"}, form: days},
	{Name: DeskCases, Default: "1095", Bounds: Bounds{"180", "3650"}, form: days},
	{Name: Reserve, Default: "64", Bounds: Bounds{"32", "10000"}, form: megabytes},
	{Name: Idle, Default: "90s", Here: true, File: true, Bounds: Bounds{"30s", "10m"}, Narrow: Bounds{"45s", "5m"}, form: span},
	{Name: Warn, Default: "30s", Here: true, File: true, Bounds: Bounds{"10s", "2m"}, Narrow: Bounds{"15s", "90s"}, form: span},
	{Name: Done, Default: "1m", Here: true, File: true, Bounds: Bounds{"10s", "5m"}, Narrow: Bounds{"20s", "3m"}, form: span},
	{Name: Lock, Default: "5m", Here: true, File: true, Bounds: Bounds{"1m", "30m"}, Narrow: Bounds{"1m", "10m"}, form: span},
	{Name: Phone, Default: "12345", Here: true, File: true, form: phone},
	{Name: Log, Default: "info", Here: true, File: true, form: level},
	{Name: Mirror, Here: true, File: true, form: mirror},
	{Name: Hours, Default: "01:00-05:00", File: true, form: hours},
	{Name: Cap, Default: "0", Here: true, File: true, Bounds: Bounds{"0", "100000"}, Narrow: Bounds{"0", "100000"}, form: kilobytes},
	{Name: Quiet, Default: None, Here: true, File: true, form: hoursOrNone},
	{Name: Metered, Default: MeteredNo, Here: true, File: true, form: metered},
}

// Keys lists all settings in the order in which they are shown.
func Keys() []Key { return append([]Key(nil), keys...) }

// Find gives a setting by its name.
func Find(name string) (Key, bool) {
	for _, k := range keys {
		if k.Name == name {
			return k, true
		}
	}
	return Key{}, false
}

// Read gives a value's normal form: "120s" is "2m". ErrForm when it has none.
func (k Key) Read(value string) (string, error) {
	normal, _, err := k.form(value)
	return normal, err
}

// Province reads a value that the province sets; ErrForm, or ErrRange when it is out of bounds.
func (k Key) Province(value string) (string, error) { return k.within(value, k.Bounds) }

// Local reads a value that a machine sets for itself, within its narrower bounds.
func (k Key) Local(value string) (string, error) { return k.within(value, k.Narrow) }

func (k Key) within(value string, b Bounds) (string, error) {
	normal, size, err := k.form(value)
	if err != nil || b == (Bounds{}) {
		return normal, err
	}
	_, least, err1 := k.form(b.Least)
	_, most, err2 := k.form(b.Most)
	if err := errors.Join(err1, err2); err != nil {
		return "", err
	}
	if size < least || size > most {
		return "", fmt.Errorf("%w: %s is not within %v", ErrRange, normal, b)
	}
	return normal, nil
}

var digits = regexp.MustCompile(`^[0-9]{1,5}$`)

func days(text string) (string, int64, error) { return number(text, "days") }

func megabytes(text string) (string, int64, error) { return number(text, "megabytes") }

func number(text, of string) (string, int64, error) {
	if !digits.MatchString(text) {
		return "", 0, fmt.Errorf("%w: say a number of %s", ErrForm, of)
	}
	n, err := strconv.ParseInt(text, 10, 32)
	return strconv.FormatInt(n, 10), n, err
}

func span(text string) (string, int64, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 || d > 24*time.Hour || d%time.Second != 0 {
		return "", 0, fmt.Errorf("%w: say a time like 90s or 5m", ErrForm)
	}
	return Span(d), int64(d), nil
}

// Span writes a length of time in whole seconds in normal form: 90s, 5m.
func Span(d time.Duration) string {
	if d%time.Minute == 0 {
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

var phoneForm = regexp.MustCompile(`^\+?[0-9]([0-9 -]{1,20})[0-9]$`)

func phone(text string) (string, int64, error) {
	if !phoneForm.MatchString(text) {
		return "", 0, fmt.Errorf("%w: say a telephone number of digits, spaces and dashes", ErrForm)
	}
	return text, 0, nil
}

func level(text string) (string, int64, error) {
	switch text {
	case "debug", "info", "warn", "error":
		return text, 0, nil
	}
	return "", 0, fmt.Errorf("%w: say debug, info, warn or error", ErrForm)
}

func mirror(text string) (string, int64, error) {
	u, err := url.Parse(text)
	if err != nil || len(text) > 200 || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", 0, fmt.Errorf("%w: say https://HOST/PATH", ErrForm)
	}
	return strings.TrimRight(text, "/"), 0, nil
}

var hoursForm = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$`)

func hours(text string) (string, int64, error) {
	if !hoursForm.MatchString(text) || text[:5] == text[6:] {
		return "", 0, fmt.Errorf("%w: say hours like 01:00-05:00", ErrForm)
	}
	return text, 0, nil
}

func hoursOrNone(text string) (string, int64, error) {
	if text == None {
		return text, 0, nil
	}
	normal, size, err := hours(text)
	if err != nil {
		return "", 0, fmt.Errorf("%w, or none", err)
	}
	return normal, size, nil
}

var kilobyteForm = regexp.MustCompile(`^[0-9]{1,7}$`)

func kilobytes(text string) (string, int64, error) {
	if !kilobyteForm.MatchString(text) {
		return "", 0, fmt.Errorf("%w: say kilobytes a second like 64, or 0 for no limit", ErrForm)
	}
	n, err := strconv.ParseInt(text, 10, 32)
	return strconv.FormatInt(n, 10), n, err
}

func metered(text string) (string, int64, error) {
	switch text {
	case MeteredNo, MeteredNight, MeteredForms:
		return text, 0, nil
	}
	return "", 0, fmt.Errorf("%w: say no, night or forms", ErrForm)
}

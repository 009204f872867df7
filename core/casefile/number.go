package casefile

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"bianmin/core/identity"
)

// ErrNumber is in the chain of every refusal of a case number.
var ErrNumber = errors.New("case number")

// NumberParts are what a case number is made of.
type NumberParts struct {
	Terminal   string // six characters 0-9 A-Z
	Generation string // one letter
	Date       string // business date, YYYY-MM-DD
	Sequence   int    // from 1, per terminal, generation and business date
}

const (
	terminalLength = 6
	maxSequence    = 999999
	shortDate      = "060102"
)

// NewNumber writes a case number with its check character (ISO 7064 MOD 37,36
// over everything before it, dashes left out). It gives ErrNumber when a part does not fit.
func NewNumber(parts NumberParts) (Number, error) {
	if len(parts.Terminal) != terminalLength || !capitals(parts.Terminal) {
		return "", fmt.Errorf("%w: terminal number", ErrNumber)
	}
	if len(parts.Generation) != 1 || parts.Generation[0] < 'A' || parts.Generation[0] > 'Z' {
		return "", fmt.Errorf("%w: generation", ErrNumber)
	}
	date, err := time.Parse(time.DateOnly, parts.Date)
	if err != nil || date.Year() < 2000 || date.Year() > 2099 {
		return "", fmt.Errorf("%w: business date", ErrNumber)
	}
	if parts.Sequence < 1 || parts.Sequence > maxSequence {
		return "", fmt.Errorf("%w: sequence", ErrNumber)
	}
	day, sequence := date.Format(shortDate), fmt.Sprintf("%04d", parts.Sequence)
	check, err := identity.CheckCharacter(parts.Terminal + parts.Generation + day + sequence)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNumber, err)
	}
	return Number(parts.Terminal + parts.Generation + "-" + day + "-" + sequence + "-" + string(check)), nil
}

// ParseNumber reads a case number as it stands on a receipt; it gives ErrNumber
// when the form or the check character is wrong.
func ParseNumber(text string) (NumberParts, error) {
	fields := strings.Split(text, "-")
	if len(fields) != 4 || len(fields[0]) != terminalLength+1 {
		return NumberParts{}, fmt.Errorf("%w: form", ErrNumber)
	}
	date, err := time.Parse(shortDate, fields[1])
	if err != nil {
		return NumberParts{}, fmt.Errorf("%w: business date", ErrNumber)
	}
	sequence, err := strconv.Atoi(fields[2])
	if err != nil {
		return NumberParts{}, fmt.Errorf("%w: sequence", ErrNumber)
	}
	date = time.Date(2000+date.Year()%100, date.Month(), date.Day(), 0, 0, 0, 0, time.UTC)
	parts := NumberParts{
		Terminal: fields[0][:terminalLength], Generation: fields[0][terminalLength:],
		Date: date.Format(time.DateOnly), Sequence: sequence,
	}
	again, err := NewNumber(parts)
	if err != nil {
		return NumberParts{}, err
	}
	if string(again) != text {
		return NumberParts{}, fmt.Errorf("%w: check character", ErrNumber)
	}
	return parts, nil
}

func capitals(s string) bool {
	for _, r := range s {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return true
}

// Letter is the check character where people take it for a digit (I for 1, O
// for 0), "" otherwise: wherever a number is shown that letter is said beside it.
func (n Number) Letter() string {
	for _, letter := range []string{"I", "O"} {
		if strings.HasSuffix(string(n), "-"+letter) {
			return letter
		}
	}
	return ""
}

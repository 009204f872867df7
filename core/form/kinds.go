package form

import (
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bianmin/core/identity"
)

// checkKind checks one answered value by its field's kind; "" is no problem.
func (e *entry) checkKind(value any, env Env) (code string, details map[string]any) {
	switch e.field.Kind {
	case KindNumber:
		if _, ok := number(value); !ok {
			return ProblemNumber, nil
		}
		return "", nil
	case KindYesNo:
		if _, ok := value.(bool); !ok {
			return ProblemType, nil
		}
		return "", nil
	case KindManyChoice:
		return e.checkMany(value), nil
	case KindAddress:
		return e.checkAddress(value, env), nil
	}
	s, ok := value.(string)
	if !ok {
		return ProblemType, nil
	}
	return e.checkString(s, env)
}

// checkString checks the kinds whose values are strings.
func (e *entry) checkString(s string, env Env) (code string, details map[string]any) {
	if unseen(s) {
		return ProblemControl, nil
	}
	switch e.field.Kind {
	case KindDate:
		return e.checkDate(s, env.Today)
	case KindChoice:
		if option(e.field, s) == nil {
			return ProblemChoice, nil
		}
	case KindPhone:
		return checkPhone(s)
	case KindIDNumber:
		return checkIDNumber(s)
	case KindCreditCode:
		return checkCreditCode(s)
	case KindRegion:
		return checkRegion(s, e.field.Root, env.Regions), nil
	}
	return "", nil
}

// unseen tells of bytes that are no text, control characters, and marks that
// turn the direction of text round: on paper they would hide what was written.
func unseen(s string) bool {
	if !utf8.ValidString(s) {
		return true
	}
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || (r >= 0x202A && r <= 0x202E) || (r >= 0x2066 && r <= 0x2069) || r == 0xFEFF || r == 0x200B || r == 0x2028 || r == 0x2029
	})
}

func (e *entry) checkMany(value any) string {
	list, ok := value.([]any)
	if !ok {
		return ProblemType
	}
	seen := make([]string, 0, len(list))
	for _, member := range list {
		code, ok := member.(string)
		switch {
		case !ok:
			return ProblemType
		case option(e.field, code) == nil:
			return ProblemChoice
		case slices.Contains(seen, code):
			return ProblemDuplicate
		}
		seen = append(seen, code)
	}
	if len(seen) > 1 && slices.ContainsFunc(seen, e.field.alone) {
		return ProblemContradicted
	}
	return ""
}

// alone tells whether an option goes with no other.
func (f *Field) alone(code string) bool {
	return slices.ContainsFunc(f.Options, func(o Option) bool { return o.Code == code && o.Alone })
}

// Settled returns the codes of a many-choice field as they hold together after a person went from before to
// after: an option that goes with no other clears the rest, and any other clears that one. What is no list stays.
func (f *Field) Settled(before, after any) any {
	now, ok := after.([]any)
	if !ok || f.Kind != KindManyChoice {
		return after
	}
	was, _ := before.([]any)
	isAlone := func(each any) bool { code, _ := each.(string); return f.alone(code) }
	added := slices.DeleteFunc(slices.Clone(now), func(each any) bool { return slices.Contains(was, each) })
	if at := slices.IndexFunc(added, isAlone); at >= 0 {
		return []any{added[at]}
	}
	if len(added) == 0 {
		return after
	}
	return slices.DeleteFunc(slices.Clone(now), isAlone)
}

func (e *entry) checkAddress(value any, env Env) string {
	parts, ok := value.(map[string]any)
	if !ok {
		return ProblemType
	}
	code, _ := parts[AddressRegion].(string)
	if code == "" {
		return ProblemRegionOpen
	}
	if problem := checkRegion(code, e.field.Root, env.Regions); problem != "" {
		return problem
	}
	detail, _ := parts[AddressDetail].(string)
	switch {
	case strings.TrimSpace(detail) == "":
		return ProblemAddress
	case unseen(detail):
		return ProblemControl
	}
	return ""
}

func checkRegion(code, root string, regions Regions) string {
	if len(code) != 12 || strings.Trim(code, "0123456789") != "" {
		return ProblemRegion
	}
	if regions == nil {
		return ""
	}
	leaf, known := regions.Division(code, root)
	switch {
	case !known:
		return ProblemRegion
	case !leaf:
		return ProblemRegionOpen
	}
	return ""
}

func (e *entry) checkDate(s string, today time.Time) (string, map[string]any) {
	if _, err := time.Parse(dateLayout, s); err != nil {
		return ProblemDate, nil
	}
	if e.bounds.earliest != "" {
		if earliest, err := resolve(e.bounds.earliest, today); err == nil && s < earliest {
			return ProblemEarliest, map[string]any{"min": earliest}
		}
	}
	if e.bounds.latest != "" {
		if latest, err := resolve(e.bounds.latest, today); err == nil && s > latest {
			return ProblemLatest, map[string]any{"max": latest}
		}
	}
	return "", nil
}

// mobileDigits is the length of a mobile number; a land line has 11 or 12 digits with its area code.
const mobileDigits = 11

func checkPhone(s string) (string, map[string]any) {
	digits := strings.NewReplacer("-", "", " ", "").Replace(s)
	if strings.Trim(digits, "0123456789") != "" {
		return ProblemPhone, nil
	}
	wrongStart := digits[:min(1, len(digits))] != "0" && digits[:min(1, len(digits))] != "1"
	if wrongStart || (len(digits) > 1 && digits[0] == '1' && digits[1] < '3') || strings.HasPrefix(digits, "00") {
		return ProblemPhone, nil
	}
	if missing := mobileDigits - len(digits); missing > 0 {
		return ProblemIncomplete, map[string]any{"missing": missing}
	}
	longest := mobileDigits
	if digits[0] == '0' && digits[1] > '2' {
		longest = mobileDigits + 1 // four digits of area code, eight of the line
	}
	if over := len(digits) - longest; over > 0 {
		return ProblemTooLong, map[string]any{"over": over, "max": longest}
	}
	return "", nil
}

// numberLength is the length of ID numbers and credit codes alike.
const numberLength = 18

// partial handles a number of fixed length that is still being typed.
func partial(s string) (string, map[string]any, bool) {
	length := utf8.RuneCountInString(s)
	if missing := numberLength - length; missing > 0 {
		return ProblemIncomplete, map[string]any{"missing": missing}, true
	}
	if over := length - numberLength; over > 0 {
		return ProblemTooLong, map[string]any{"over": over, "max": numberLength}, true
	}
	return "", nil, false
}

func checkIDNumber(s string) (string, map[string]any) {
	if strings.Trim(strings.ToUpper(s), "0123456789X") != "" {
		return ProblemIDNumber, nil
	}
	if code, details, short := partial(s); short {
		return code, details
	}
	if identity.CheckNumber(strings.ToUpper(s)) != nil {
		return ProblemIDNumber, nil
	}
	return "", nil
}

func checkCreditCode(s string) (string, map[string]any) {
	if code, details, short := partial(s); short {
		return code, details
	}
	if err := identity.CheckCreditCode(strings.ToUpper(s)); err != nil && !errors.Is(err, identity.ErrEarlyCode) {
		return ProblemCreditCode, nil
	}
	return "", nil
}

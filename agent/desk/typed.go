package desk

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Words that begin or hold a date of the lunar calendar.
var lunar = regexp.MustCompile(`^(农历|阴历|旧历|古历)|[正冬腊]月|闰.*月|初[一二三四五六七八九十]|廿|[一二三四五六七八九十]+月[一二三四五六七八九十]+$|[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年`)

var (
	dateParts = regexp.MustCompile(`^(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?$`)
	dateRun   = regexp.MustCompile(`^\d{8}$`)
	dateShort = regexp.MustCompile(`^(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?$`)
)

// readDate reads a date in the forms people type: 20261125, 2026-11-25,
// 2026.11.25, 2026年11月25日, 11-25 of this year. The problem is "date" for what is
// none, "lunar" for a date of the lunar calendar, which is never guessed.
func readDate(text string, today time.Time) (date, problem string) {
	text = halfWidth(strings.TrimSpace(text))
	if lunar.MatchString(text) {
		return "", "lunar"
	}
	switch {
	case dateRun.MatchString(text):
		text = text[:4] + "-" + text[4:6] + "-" + text[6:]
	case dateParts.MatchString(text):
		p := dateParts.FindStringSubmatch(text)
		text = p[1] + "-" + twoDigits(p[2]) + "-" + twoDigits(p[3])
	case dateShort.MatchString(text):
		p := dateShort.FindStringSubmatch(text)
		text = strconv.Itoa(today.Year()) + "-" + twoDigits(p[1]) + "-" + twoDigits(p[2])
	}
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "", "date"
	}
	return text, ""
}

func twoDigits(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// halfWidth makes letters, digits and signs typed in full width plain ones.
func halfWidth(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '　':
			return ' '
		case r == '。':
			return '.'
		case r == '—' || r == '－':
			return '-'
		}
		return r
	}, s)
}

// readYesNo reads y/n, 是/否, 1/2.
func readYesNo(text string) (value, ok bool) {
	switch strings.ToLower(halfWidth(strings.TrimSpace(text))) {
	case "y", "yes", "是", "有", "对", "1":
		return true, true
	case "n", "no", "否", "不是", "没有", "无", "2":
		return false, true
	}
	return false, false
}

var numberForm = regexp.MustCompile(`^-?\d{1,15}(\.\d{1,6})?$`)

// readNumber reads a number as typed: 1,200.5, ¥30, 30元, 12 平方米.
func readNumber(text string, units ...string) (float64, bool) {
	text = halfWidth(strings.TrimSpace(text))
	text = strings.TrimLeft(text, "¥￥ ")
	for _, unit := range append(units, "元", "块") {
		if unit != "" {
			text = strings.TrimSpace(strings.TrimSuffix(text, unit))
		}
	}
	text = strings.NewReplacer(",", "", "，", "", " ", "").Replace(text)
	if !numberForm.MatchString(text) {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

var moneyForm = regexp.MustCompile(`^(-?)(\d{1,9})(?:\.(\d{1,2}))?$`)

// readFen reads an amount in yuan as integer fen; "12.345" is refused, never rounded.
func readFen(text string) (int64, bool) {
	text = halfWidth(strings.TrimSpace(text))
	text = strings.TrimSuffix(strings.TrimLeft(text, "¥￥ "), "元")
	p := moneyForm.FindStringSubmatch(strings.NewReplacer(",", "", "，", "", " ", "").Replace(text))
	if p == nil {
		return 0, false
	}
	yuan, err := strconv.ParseInt(p[2], 10, 64)
	if err != nil {
		return 0, false
	}
	fen, _ := strconv.ParseInt((p[3] + "00")[:2], 10, 64)
	fen += yuan * 100
	if p[1] != "" {
		fen = -fen
	}
	return fen, true
}

package receipt

import (
	"strings"
	"time"
	"unicode"

	"bianmin/core/text"
)

type args = map[string]any

// speaker gives words in one language.
type speaker struct {
	lang  text.Lang
	words *text.Catalog
}

func (s speaker) say(key string, a args) string { return s.words.T(s.lang, key, a) }

// known gives the words of a code, or the code itself where the catalogue of items brings a new one.
func (s speaker) known(prefix, code string) string {
	if code == "" || !s.words.Has(s.lang, prefix+code) {
		return code
	}
	return s.words.T(s.lang, prefix+code, nil)
}

// list writes names one after the other.
func (s speaker) list(names []string) string {
	comma := s.say("receipt.paper.comma", nil)
	if s.lang != text.Chinese {
		comma += " "
	}
	return strings.Join(names, comma)
}

// moment writes a time; of one whose time of day is not known only the date.
func (s speaker) moment(t time.Time, day bool) string {
	if day {
		return text.Date(s.lang, t)
	}
	return text.Date(s.lang, t) + " " + text.Clock(s.lang, t)
}

// Clean takes out of s what is no text: control characters of every kind (they
// could be commands to a printer), line and paragraph separators, and invisible
// format characters such as bidirectional overrides. Tabs and line ends become spaces.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		default:
			return r
		}
	}, strings.ReplaceAll(s, "\r\n", " "))
}

// Mask hides the middle of a person's name: 张*, 李*芳, 阿****·*提. Characters of
// the private-use area, which no printer knows, are hidden too.
func Mask(name string) string {
	runes := []rune(strings.TrimSpace(Clean(name)))
	if len(runes) == 1 {
		return "*"
	}
	for i, r := range runes {
		edge := i == 0 || i == len(runes)-1 && len(runes) > 2
		if edge && !unicode.Is(unicode.Co, r) || r == '·' || r == ' ' {
			continue
		}
		runes[i] = '*'
	}
	return string(runes)
}

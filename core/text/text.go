// Package text holds the words people read, one catalogue for all languages,
// and picks them by key and language while the program runs. It must not know
// screens, printers or items' own texts beyond the Local type.
package text

// Lang names a language the product speaks.
type Lang string

// The languages of the product; Chinese is the first and the fallback.
const (
	Chinese Lang = "zh"
	English Lang = "en"
)

// Local is one text in several languages, as the catalogue of items carries it.
type Local map[Lang]string

// In returns the text in the language asked for, else in Chinese, else any.
func (l Local) In(lang Lang) string {
	if s, ok := l[lang]; ok && s != "" {
		return s
	}
	if s, ok := l[Chinese]; ok && s != "" {
		return s
	}
	for _, s := range l {
		return s
	}
	return ""
}

// Zh makes a text that exists in Chinese only.
func Zh(s string) Local { return Local{Chinese: s} }

package fleet

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// words are what people read on the pages, by key; zh and en have the same keys.
type words map[string]string

// Languages in the order they are offered.
var languages = []string{"zh", "en"}

const langCookie = "lang"

func loadWords() (map[string]words, error) {
	all := map[string]words{}
	for _, lang := range languages {
		content, err := files.ReadFile("page/" + lang + ".json")
		if err != nil {
			return nil, fmt.Errorf("read the fleet's words: %w", err)
		}
		var w words
		if err := json.Unmarshal(content, &w); err != nil {
			return nil, fmt.Errorf("read the fleet's words: %w", err)
		}
		all[lang] = w
	}
	return all, nil
}

// T gives the words of a key, with {n} and the like filled in by pairs of name and value.
func (w words) T(key string, pairs ...string) string {
	text, known := w[key]
	if !known {
		return key
	}
	if len(pairs) == 0 {
		return text
	}
	braced := make([]string, len(pairs))
	for i, p := range pairs {
		if braced[i] = p; i%2 == 0 {
			braced[i] = "{" + p + "}"
		}
	}
	return strings.NewReplacer(braced...).Replace(text)
}

// either gives the words of the first key that has some.
func (w words) either(keys ...string) string {
	for _, key := range keys {
		if text, known := w[key]; known {
			return text
		}
	}
	return keys[len(keys)-1]
}

// Span says a length of time in its largest unit.
func (w words) Span(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d < time.Minute:
		return w.T("span.seconds", "n", fmt.Sprint(int(d/time.Second)))
	case d < 2*time.Hour:
		return w.T("span.minutes", "n", fmt.Sprint(int(d/time.Minute)))
	case d < 48*time.Hour:
		return w.T("span.hours", "n", fmt.Sprint(int(d/time.Hour)))
	}
	return w.T("span.days", "n", fmt.Sprint(int(d/(24*time.Hour))))
}

// Size says bytes in GB.
func (w words) Size(n int64) string { return fmt.Sprintf("%.1f GB", float64(n)/(1<<30)) }

// Amount says how much data that is.
func (w words) Amount(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }

// Share says part of whole in per cent.
func (w words) Share(part, whole int) string { return fmt.Sprintf("%d%%", Share(part, whole)) }

// Version says a version without the product's name.
func (w words) Version(software string) string { return versionOf(software) }

// Finding says what was found.
func (w words) Finding(f Finding) string {
	code := f.Code
	if code == "" {
		code = string(f.Kind)
	}
	text := w.either("finding."+string(f.Kind)+"."+code, "finding."+code, "finding."+string(f.Kind))
	role := w.either("role."+f.Role, f.Role)
	return words{"": text}.T("", "for", w.Span(f.For), "n", fmt.Sprint(f.N), "size", w.Size(f.N), "device", role, "fault", w.either("fault."+code, code))
}

// lang is the reader's choice: in the address, else kept from before, else Chinese.
func (f *Fleet) lang(w http.ResponseWriter, r *http.Request) string {
	if asked := r.URL.Query().Get("lang"); f.words[asked] != nil {
		http.SetCookie(w, &http.Cookie{
			Name: langCookie, Value: asked, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: 365 * 24 * 3600,
		})
		return asked
	}
	if c, err := r.Cookie(langCookie); err == nil && f.words[c.Value] != nil {
		return c.Value
	}
	return languages[0]
}

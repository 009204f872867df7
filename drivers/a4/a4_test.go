package a4_test

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"bianmin/assets"
	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/receipt"
	"bianmin/core/receipt/receipttest"
	"bianmin/core/text"
	"bianmin/drivers/a4"
)

func setter(t *testing.T) *a4.Setter {
	t.Helper()
	s, err := a4.New(assets.FontRegular(), assets.FontBold())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// papers is every form, filled in, in one language.
func papers(t *testing.T, lang text.Lang) map[string]receipt.Pages {
	t.Helper()
	words, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalogue.Load(assets.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	item := c.Items[0]
	for _, i := range c.Items {
		if strings.Contains(i.Name.In(text.Chinese), "住宅") {
			item = i
		}
	}
	checked := c.Form(item.Code)
	values := form.Values{}
	for _, page := range item.Form.Pages {
		for _, f := range page.Fields {
			values[f.Name] = value(f)
		}
	}
	region := func(code string) string {
		var names []string
		for _, r := range c.Path(code) {
			names = append(names, r.Name.In(lang))
		}
		return strings.Join(names, "")
	}
	return receipttest.Papers(receipttest.Desk(lang, words), checked, values, region)
}

func value(f form.Field) any {
	switch f.Kind {
	case form.KindNumber:
		return 120.5
	case form.KindDate:
		return "2026-11-22"
	case form.KindChoice:
		return f.Options[0].Code
	case form.KindManyChoice:
		return []any{f.Options[0].Code}
	case form.KindYesNo:
		return true
	case form.KindRegion:
		return "990301000000"
	case form.KindAddress:
		return map[string]any{"region": "990301000000", "detail": "柳树沟村三社 48 号"}
	case form.KindTable:
		row := map[string]any{}
		for _, c := range f.Columns {
			row[c.Name] = value(c)
		}
		return []any{row, row}
	}
	return "示例" + receipttest.Rare
}

func pdf(t *testing.T, s *a4.Setter, p receipt.Pages) (content []byte, file string) {
	t.Helper()
	content, err := s.PDF(p, a4.Options{})
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "document.pdf")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return content, file
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	var errs bytes.Buffer
	command := exec.CommandContext(t.Context(), name, args...)
	command.Stderr = &errs
	out, err := command.Output()
	if err != nil || errs.Len() > 0 {
		t.Fatalf("%s: %v\n%s", name, err, errs.String())
	}
	return string(out)
}

// squeezed is text without what a line break may change.
func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\u3000' {
			return -1
		}
		return r
	}, s)
}

// TestEveryTextIsThere: what a form says is found in its PDF, word for word where nothing breaks it.
func TestEveryTextIsThere(t *testing.T) {
	s := setter(t)
	keep := os.Getenv("BIANMIN_KEEP") // a folder that takes the files, for the eye
	for _, lang := range []text.Lang{text.Chinese, text.English} {
		all := papers(t, lang)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			content, file := pdf(t, s, all[name])
			if keep != "" {
				if err := os.WriteFile(filepath.Join(keep, string(lang)+"-"+name+".pdf"), content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got := run(t, "pdftotext", "-raw", file, "-")
			count := map[rune]int{}
			for _, r := range got {
				count[r]++
			}
			for _, want := range texts(all[name]) {
				for _, r := range squeezed(want) {
					if count[r] == 0 {
						t.Fatalf("%s %s: U+%04X of %q is not in the PDF", lang, name, r, want)
					}
					count[r]--
				}
			}
			if name == "notice" && lang == text.Chinese && !strings.Contains(squeezed(got), "请把写有姓名和账号的那一页（一般在封面背后）完整扫描") {
				t.Errorf("the notice's words are not in their order:\n%s", got)
			}
		}
	}
}

// texts is every text of a document that stands on paper once.
func texts(p receipt.Pages) []string {
	out := []string{p.Foot}
	for _, part := range p.Parts {
		out = append(append(out, part.Text, part.Label), part.Items...)
		for _, f := range part.Fields {
			out = append(out, f.Label, f.Text)
		}
		for _, c := range part.Columns {
			out = append(out, c.Label)
		}
		for _, row := range part.Rows {
			out = append(out, row...)
		}
		for _, line := range part.Lines {
			out = append(out, line.Label, line.Text)
		}
	}
	return out
}

func BenchmarkForm(b *testing.B) {
	s, err := a4.New(assets.FontRegular(), assets.FontBold())
	if err != nil {
		b.Fatal(err)
	}
	words, err := text.Load(assets.Words())
	if err != nil {
		b.Fatal(err)
	}
	p := receipttest.Papers(receipttest.Desk(text.Chinese, words), nil, nil, nil)["notice"]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.PDF(p, a4.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

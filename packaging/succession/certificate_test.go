package succession_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/drivers/a4"
	"bianmin/packaging/succession"
)

// TestCertificate lays the certificate out in both languages: every word is there, and what was lost or not told is said.
func TestCertificate(t *testing.T) {
	words, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	setter, err := a4.New(assets.FontRegular(), assets.FontBold())
	if err != nil {
		t.Fatal(err)
	}
	e := succession.Erasure{
		Statement: succession.Statement{
			ID: strings.Repeat("ab", 16), Terminal: "QH0301", Generation: "A", Point: "柳树沟村便民服务点", By: "陈师傅",
			Time: time.Date(2026, 11, 26, 9, 30, 0, 0, time.UTC), Cases: 100, Moved: 75, Successor: "B", Lost: 3, Keys: []string{"01aa", "02bb", "03cc"},
		},
		Digest: strings.Repeat("0f", 32), KeyFiles: 14, Files: 120, Done: time.Date(2026, 11, 26, 9, 31, 0, 0, time.UTC),
	}
	for lang, want := range map[text.Lang][]string{
		text.Chinese: {"数据销毁证明", "QH0301A", "75 件已由 QH0301B", "下午 5:31", "3 件没有送出", "联系不上", "02bb"},
		text.English: {"Certificate of erasure", "75 were taken over by QH0301B", "3 were neither", "could not be reached"},
	} {
		pages := succession.Certificate(words, lang, e)
		content, err := json.Marshal(pages)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !bytes.Contains(content, []byte(w)) {
				t.Errorf("%s: %q is missing", lang, w)
			}
		}
		pdf, err := setter.PDF(pages, a4.Options{})
		if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
			t.Errorf("%s: %v", lang, err)
		}
	}
	if missing := words.Missing(); len(missing) > 0 {
		t.Errorf("no words for %v", missing)
	}
}

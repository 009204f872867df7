package desk

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/assets"
	setting "bianmin/drivers/a4"
)

// TestRareNameOnPaper: characters few fonts have go from the card through the desk to the strip and can be found in the
// A4 copy's text; of one that no font has the copy says so.
func TestRareNameOnPaper(t *testing.T) {
	const name = "𠮷㛃"
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.begin(pension)
		card := principal()
		card.Name = name
		s.reader.place(card)
		s.send(ReadCard{Into: "principal"})
		s.wait(time.Second)
		s.filled()
		s.send(File{})
		s.wait(2 * time.Second)
		s.submission(0)
		strip, err := json.Marshal(s.printer.strips)
		if err != nil || !strings.Contains(string(strip), "𠮷") {
			t.Errorf("the strip does not carry the name: %v", err)
		}
		setter, err := setting.New(assets.FontRegular(), assets.FontBold())
		if err != nil {
			t.Fatal(err)
		}
		pdf, err := setter.PDF(s.paper.made[len(s.paper.made)-1], setting.Options{Blank: true})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "copy.pdf")
		if err := os.WriteFile(path, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("pdftotext", path, "-").CombinedOutput()
		if err != nil || !strings.Contains(string(out), "□㛃") || !strings.Contains(string(out), "照身份证手写补上") {
			t.Errorf("the copy neither carries the name nor says so: %v, %.400q", err, out)
		}
	})
}

package document

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// Trouble is what is wrong with the printer's mechanism, by the word IPP has for it; "" is nothing.
type Trouble string

// What may be wrong. The first two only warn: pages come out all the same. Of the last the printer tells when the job is lost.
const (
	TonerLow   Trouble = "toner-low"
	PaperLow   Trouble = "media-low"
	TonerEmpty Trouble = "toner-empty"
	Jam        Trouble = "media-jam"
	CoverOpen  Trouble = "cover-open"
	Held       Trouble = "paused"
	Aborted    Trouble = "aborted"
)

// Troubles are all of them.
func Troubles() []Trouble {
	return []Trouble{TonerLow, PaperLow, TonerEmpty, Jam, CoverOpen, Held, Aborted}
}

// Have puts the mechanism into trouble, or out of it. The printer finds it at the next job, or at once when it is at one; CUPS's
// printer puts "-warning" behind the word while it is at a job, also of what stops it.
func (p *Printer) Have(t Trouble) error {
	if t == "" {
		if err := os.Remove(p.trouble()); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("mend the document printer: %w", err)
		}
		return nil
	}
	if err := os.WriteFile(p.trouble(), []byte(t+"\n"), 0o644); err != nil {
		return fmt.Errorf("trouble the document printer: %w", err)
	}
	return nil
}

// Trouble tells what is wrong with the mechanism.
func (p *Printer) Trouble() Trouble {
	word, err := os.ReadFile(p.trouble())
	if err != nil {
		return ""
	}
	return Trouble(strings.TrimSpace(string(word)))
}

package queue

import (
	"errors"
	"fmt"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/packaging/provision/tongue"
	"bianmin/packaging/stick"
	"bianmin/store"
	"bianmin/sync/seal"
)

// args fill placeholders.
type args = map[string]any

// both gives words in Chinese and in English.
func (t *tool) both(key string, with args) string {
	return tongue.Both(t.words, key, with)
}

func (t *tool) say(key string, with args) error { return t.print(t.both("queue."+key, with)) }

func (t *tool) print(line string) error {
	if _, err := fmt.Fprintln(t.out, line); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// sentence says why something is still here, and what to do, in one language.
func (t *tool) sentence(lang text.Lang, why string) string {
	if !t.words.Has(lang, why+".is") {
		why = "still.waiting"
	}
	return t.words.T(lang, "queue.why-line", args{"is": t.words.T(lang, why+".is", nil), "do": t.words.T(lang, why+".do", nil)})
}

func (t *tool) reasonOf(why string) string {
	return t.sentence(text.Chinese, why) + " / " + t.sentence(text.English, why)
}

func (t *tool) kind(kind casefile.EventKind) string {
	key := "desk.case-kind." + string(kind)
	if !t.words.Has(text.Chinese, key) {
		return string(kind)
	}
	return t.both(key, nil)
}

func stamp(at time.Time) string { return at.In(casefile.Zone).Format("2006-01-02 15:04") }

// refusal adds people's words to what went wrong.
func (t *tool) refusal(err error) error {
	for _, one := range []struct {
		code  string
		known error
	}{
		{"not-enrolled", seal.ErrNotEnrolled},
		{"no-case", errNoCase},
		{"nothing", store.ErrNothing},
		{"gone", stick.ErrGone},
		{"no-stick", stick.ErrNone},
	} {
		if errors.Is(err, one.known) {
			return fmt.Errorf("%s: %w", t.both("queue.error."+one.code, nil), err)
		}
	}
	return err
}

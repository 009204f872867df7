package queue

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"bianmin/core/casefile"
	"bianmin/packaging/provision/printed"
	"bianmin/packaging/provision/records"
	"bianmin/store"
	"bianmin/store/terminal"
	"bianmin/sync/channel"
)

// done is what an order prints as JSON.
type done struct {
	Done string          `json:"done"`
	Case casefile.Number `json:"case,omitempty"`
}

// order carries one out and says so.
func (t *tool) order(ctx context.Context, word string, number casefile.Number, do func(s *store.Store) error) error {
	if err := records.Open(ctx, t.config, func(m records.Machine) error { return do(m.Store) }); err != nil {
		return t.refusal(err)
	}
	if t.json {
		return printed.JSON(t.out, done{word, number})
	}
	return t.say(word, nil)
}

// retry lets all, or one case, be tried at once. The sender, which may be at work, sees that somebody wished it.
func (t *tool) retry(ctx context.Context, with []string) error {
	number := casefile.Number(strings.Join(with, ""))
	var link casefile.Link
	err := records.Open(ctx, t.config, func(m records.Machine) error {
		link = terminal.LinkOf(m.Settings.Data, t.now())
		if number != "" {
			return m.Store.RetryCase(ctx, number, actor)
		}
		if err := m.Store.RetryNow(ctx); err != nil {
			return err
		}
		return m.Store.Audit(ctx, store.Entry{Actor: actor, Action: "queue-retry"})
	})
	if err != nil {
		return t.refusal(err)
	}
	word, with2 := "retried", args(nil)
	switch {
	case link.Silent:
		word = "silent"
	case link.Why == string(channel.Busy) && link.Next.After(t.now()): // what the platform ordered nobody cuts short
		word, with2 = "ordered", args{"next": stamp(link.Next)}
	}
	if t.json {
		return printed.JSON(t.out, done{word, number})
	}
	return t.say(word, with2)
}

func (t *tool) quarantine(ctx context.Context, with []string) error {
	return t.reasoned(ctx, "held", with[0], func(s *store.Store, number casefile.Number) error { return s.HoldCase(ctx, number, actor, t.reason) })
}

func (t *tool) release(ctx context.Context, with []string) error {
	return t.reasoned(ctx, "released", with[0], func(s *store.Store, number casefile.Number) error { return s.ReleaseCase(ctx, number, actor, t.reason) })
}

func (t *tool) settle(ctx context.Context, with []string) error {
	return t.reasoned(ctx, "settled", with[0], func(s *store.Store, number casefile.Number) error { return s.Settle(ctx, number, actor, t.reason) })
}

// personal is what looks like an ID or telephone number.
var personal = regexp.MustCompile(`[0-9]{11,}`)

// reasoned carries out an order that the audit trail is told the reason of. The trail holds nothing personal.
func (t *tool) reasoned(ctx context.Context, word, number string, do func(s *store.Store, number casefile.Number) error) error {
	t.reason = strings.TrimSpace(t.reason)
	n := utf8.RuneCountInString(t.reason)
	switch {
	case n < 2 || n > 200 || strings.ContainsAny(t.reason, "\n\r\x1b") || !utf8.ValidString(t.reason):
		return errors.New(t.both("queue.error.reason", nil))
	case personal.MatchString(t.reason):
		return errors.New(t.both("queue.error.personal", nil))
	}
	return t.order(ctx, word, casefile.Number(number), func(s *store.Store) error { return do(s, casefile.Number(number)) })
}

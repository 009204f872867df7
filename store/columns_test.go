package store

import (
	"context"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
)

// TestEveryColumnIsInherited: the statements that take a predecessor's queue and cases over name every column there is.
func TestEveryColumnIsInherited(t *testing.T) {
	s := open(t, t.TempDir(), newMachine())
	for table, step := range map[string]string{"outbox": "the queue", "cases": "cases"} {
		var statement string
		for _, i := range inheritance {
			if i.what == step {
				statement = i.statement
			}
		}
		_, list, _ := strings.Cut(statement, "(")
		list, _, _ = strings.Cut(list, ")")
		named := map[string]bool{"id": table == "outbox"} // given anew
		for _, name := range strings.Split(list, ",") {
			named[strings.TrimSpace(name)] = true
		}
		rows, err := s.reader.QueryContext(t.Context(), "SELECT name FROM pragma_table_info(?)", table)
		must(t, err)
		for rows.Next() {
			var name string
			must(t, rows.Scan(&name))
			if !named[name] {
				t.Errorf("%s.%s is lost in a replacement", table, name)
			}
		}
		must(t, rows.Err())
		must(t, rows.Close())
	}
}

// TestLinkTellsWhy: what the sender says about trouble and progress is read back, until the machine starts again.
func TestLinkTellsWhy(t *testing.T) {
	m := newMachine()
	s := open(t, t.TempDir(), m)
	ctx, next := context.WithoutCancel(t.Context()), morning.Add(time.Minute)
	must(t, s.RecordLink(ctx, false, false))
	must(t, s.RecordTrouble(ctx, "portal", next))
	must(t, s.RecordProgress(ctx, "p", 5, 10))
	if l, err := s.Link(ctx); err != nil || l.Why != "portal" || !l.Next.Equal(next) || l.Packet != "p" || l.Held != 5 || l.Total != 10 {
		t.Errorf("%+v, %v", l, err)
	}
	m.change(func(r *casefile.Reading) { r.BootID = "boot-2" })
	if l, err := s.Link(ctx); err != nil || l.Why != "" || l.Packet != "" || !l.Next.IsZero() {
		t.Errorf("after a start: %+v, %v", l, err)
	}
}

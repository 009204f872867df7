package store

import (
	"strings"
	"testing"
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

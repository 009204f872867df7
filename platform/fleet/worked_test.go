//go:build browser

package fleet_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/catalogue"
	"bianmin/core/usage"
	"bianmin/platform/registry"
)

// worked fills the registry with some weeks of cases, invented by a rule.
func (w *world) worked() {
	w.t.Helper()
	set, err := catalogue.Load(assets.Catalogue())
	if err != nil {
		w.t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(w.dir, "platform.db"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	states := []string{"accepted", "processing", "correction", "done", "delivered", "delivered", "delivered", "rejected", "withdrawn"}
	for i := range 400 {
		item, state, number := set.Items[i*i%7].Code, states[i%len(states)], fmt.Sprint("n", i)
		terminal := fmt.Sprintf("QH03%02d", i*i%10)
		at := noon.Add(-time.Duration(i) * 97 * time.Minute)
		must(w.t, db, `INSERT INTO cases (number, writer, official, item, state, opened, kind) VALUES (?,?,?,?,?,?,'submitted')`, number, terminal+"A", number, item, state, at.UnixMilli())
		if i%5 == 0 {
			must(w.t, db, `INSERT INTO log (case_number, event, kind, at) VALUES (?,?,'returned',?)`, number, number+"r", at.Add(20*time.Hour).UnixMilli())
		}
		if kind := map[string]string{"done": "finished", "delivered": "finished", "rejected": "rejected"}[state]; kind != "" {
			must(w.t, db, `INSERT INTO log (case_number, event, kind, at) VALUES (?,?,?,?)`, number, number+"d", kind, at.Add(time.Duration(20+i%90)*time.Hour).UnixMilli())
		}
		must(w.t, db, `INSERT INTO evaluations (terminal, level) VALUES (?, ?)`, terminal, 5-i%13/5)
		w.used(registry.Terminal{Number: terminal, Generation: "A"}, at.Format(time.DateOnly), usage.Count{Kind: usage.Visit, N: 3 + i%17},
			usage.Count{Kind: usage.Guide, Item: item, N: 2 + i%9}, usage.Count{Kind: usage.Printed, Item: item, N: 1 + i%3}, usage.Count{Kind: usage.Begun, Item: item, N: 2}, usage.Count{Kind: usage.Left, Item: item, N: 1})
	}
}

func must(t *testing.T, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

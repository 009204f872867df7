package office_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store/office"
)

// Sizes of the list the benchmark measures.
const benchCases = 100_000

var (
	benchStates = []string{"processing", "processing", "processing", "accepted", "correction", "done", "delivered", "delivered", "closed", "queued"}
	benchNames  = []string{"王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "小", "丫", "建", "国", "秀", "英", "明", "华", "丽", "军"}
)

// crowd is a desk with many cases, and the same in clear as plain SQL would keep it.
type crowd struct {
	folder string
	book   *office.Book
	plain  *sql.DB
	ids    []string
}

func newCrowd(b testing.TB, n int) crowd {
	b.Helper()
	p := newPoint(b)
	o := p.active(b)
	book := signOn(b, o, li, liSecret)
	must(b, o.Close())
	db, err := sql.Open("sqlite", "file:"+filepath.Join(p.folder, "bianmin.db")+"?_pragma=synchronous(OFF)")
	must(b, err)
	plain, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "plain.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)")
	must(b, err)
	b.Cleanup(func() { _ = plain.Close() })
	c := crowd{folder: p.folder, plain: plain}
	c.fill(b, db, book, n)
	must(b, db.Close())
	o = p.open(b)
	c.book = signOn(b, o, li, liSecret)
	return c
}

func (c *crowd) fill(b testing.TB, db *sql.DB, book *office.Book, n int) {
	b.Helper()
	_, err := c.plain.Exec(`CREATE TABLE cases (number TEXT PRIMARY KEY, person TEXT, id TEXT, item TEXT, name TEXT, state TEXT, official TEXT, filed INTEGER, due TEXT) WITHOUT ROWID;
		CREATE INDEX cases_state ON cases (state, filed); CREATE INDEX cases_id ON cases (id); CREATE INDEX cases_filed ON cases (filed); CREATE INDEX cases_due ON cases (due)`)
	must(b, err)
	random := rand.New(rand.NewPCG(1, 2))
	sealed, err := db.Begin()
	must(b, err)
	clear, err := c.plain.Begin()
	must(b, err)
	name := func() string {
		return benchNames[random.IntN(10)] + benchNames[10+random.IntN(10)] + benchNames[10+random.IntN(10)]
	}
	for i := range n {
		day := morning.AddDate(0, 0, -random.IntN(300))
		number := casefile.Number(fmt.Sprintf("QH0301A-%s-%04d-X", day.Format("060102"), i))
		who := casefile.Applicant{Name: name(), Number: fmt.Sprintf("99010219450%07d", i/2)}
		item := casefile.ItemRef{Code: fmt.Sprintf("11990102MB%04d", i%60), Name: fmt.Sprintf("第%d号事项申领", i%60)}
		c.ids = append(c.ids, who.Number)
		line, tag, err := book.SealLine(number, who, item)
		must(b, err)
		state, accepted := benchStates[random.IntN(len(benchStates))], day.UnixMilli()
		due := day.AddDate(0, 0, 20).Format(time.DateOnly)
		if state == "queued" {
			accepted, due = 0, ""
		}
		_, err = sealed.Exec(`INSERT INTO cases (number, tag, generation, public, by_card, by_recovery, summary, state, filed_ms, sequence, official, days, accepted_ms)
			VALUES (?, ?, 'A', x'', x'', x'', x'', ?, ?, 1, ?, 14, ?)`, string(number), tag, state, day.UnixMilli()+int64(i), fmt.Sprintf("S%09d", i), accepted)
		must(b, err)
		_, err = sealed.Exec("INSERT INTO desk_cases (number, record, account, by_agent, line) VALUES (?, 'case', ?, x'', ?)", string(number), li, line)
		must(b, err)
		_, err = clear.Exec("INSERT INTO cases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", string(number), who.Name, who.Number, item.Code, item.Name, state, fmt.Sprintf("S%09d", i), day.UnixMilli()+int64(i), due)
		must(b, err)
	}
	must(b, sealed.Commit())
	must(b, clear.Commit())
}

// look is one way to look at the list, and plain SQL's for the same.
type look struct {
	name  string
	query func(i int) agency.Query
	where string
	args  func(i int) []any
}

func (c *crowd) looks() []look {
	like := func(text string) []any {
		return []any{"%" + text + "%", "%" + text + "%", "%" + text + "%", "%" + text + "%"}
	}
	const contains = "(person LIKE ? OR name LIKE ? OR number LIKE ? OR official LIKE ?)"
	return []look{
		{"list", func(int) agency.Query { return agency.Query{} }, "1", func(int) []any { return nil }},
		{"filter", func(int) agency.Query { return agency.Query{States: []string{"correction"}} }, "state = 'correction'", func(int) []any { return nil }},
		{"overdue", func(int) agency.Query { return agency.Query{Filter: "overdue"} }, "due <> '' AND due < '2026-11-23' AND state IN ('accepted', 'processing', 'correction')", func(int) []any { return nil }},
		{"name", func(i int) agency.Query { return agency.Query{Text: benchNames[i%10] + "明华"} }, contains, func(i int) []any { return like(benchNames[i%10] + "明华") }},
		{"id", func(i int) agency.Query { return agency.Query{Text: c.ids[i*37%len(c.ids)]} }, "id = ?", func(i int) []any { return []any{c.ids[i*37%len(c.ids)]} }},
		{"official", func(i int) agency.Query { return agency.Query{Text: fmt.Sprintf("S%09d", i*91)} }, contains, func(i int) []any { return like(fmt.Sprintf("S%09d", i*91)) }},
	}
}

// plainPage does in SQL, on the same data in clear, what List does.
func (c *crowd) plainPage(b *testing.B, l look, i int) int {
	b.Helper()
	var total int
	must(b, c.plain.QueryRow("SELECT count(*) FROM cases WHERE "+l.where, l.args(i)...).Scan(&total))
	rows, err := c.plain.Query("SELECT number, person, item, name, filed, state, due FROM cases WHERE "+l.where+
		` ORDER BY due <> '' AND due < '2026-11-23' AND state IN ('accepted', 'processing', 'correction') DESC, filed DESC LIMIT 50`, l.args(i)...)
	must(b, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var number, person, item, name, state, due string
		var filed int64
		must(b, rows.Scan(&number, &person, &item, &name, &filed, &state, &due))
	}
	must(b, rows.Err())
	return total
}

// BenchmarkList times a page of 50 of 100 000 sealed cases, and beside it, in turn, plain SQL on the same data in clear.
func BenchmarkList(b *testing.B) {
	c := newCrowd(b, benchCases)
	for _, l := range c.looks() {
		b.Run(l.name, func(b *testing.B) {
			var ours, plains []time.Duration
			i := 0
			for b.Loop() {
				query := l.query(i)
				query.Limit = 50
				begun := time.Now()
				page, err := c.book.List(b.Context(), query)
				ours = append(ours, time.Since(begun))
				must(b, err)
				begun = time.Now()
				total := c.plainPage(b, l, i)
				plains = append(plains, time.Since(begun))
				if l.name != "overdue" && total != page.Total { // SQL knows no working days
					b.Fatalf("%d cases by the book, %d in plain SQL", page.Total, total)
				}
				i++
			}
			slices.Sort(ours)
			slices.Sort(plains)
			b.ReportMetric(float64(ours[len(ours)/2])/float64(plains[len(plains)/2]), "x-plain-SQL")
			b.ReportMetric(float64(ours[len(ours)/2])/1e6, "ms-p50")
			b.ReportMetric(float64(ours[len(ours)*99/100])/1e6, "ms-p99")
			b.ReportMetric(float64(plains[len(plains)/2])/1e6, "ms-plain-p50")
			b.ReportMetric(0, "ns/op")
		})
	}
	b.Run("memory", func(b *testing.B) {
		before := heldMiB()
		for b.Loop() {
			_, err := c.book.List(b.Context(), agency.Query{Text: "明", Limit: 50})
			must(b, err)
		}
		b.ReportMetric(before, "MiB-held")
		b.ReportMetric(heldMiB()-before, "MiB-grown")
		b.ReportMetric(0, "ns/op")
	})
}

// BenchmarkSignOn times opening the book of 100 000 cases, without the work of the secret.
func BenchmarkSignOn(b *testing.B) {
	p := newPoint(b)
	o := p.active(b)
	book := signOn(b, o, li, liSecret)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(p.folder, "bianmin.db")+"?_pragma=synchronous(OFF)")
	must(b, err)
	plain, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "plain.db")+"?_pragma=synchronous(OFF)")
	must(b, err)
	c := crowd{plain: plain}
	c.fill(b, db, book, benchCases)
	must(b, db.Close())
	must(b, plain.Close())
	signedOn := func(b *testing.B, before func()) (ms float64) {
		var took []time.Duration
		for b.Loop() {
			before()
			begun := time.Now()
			again, err := o.SignOn(b.Context(), li, liSecret)
			took = append(took, time.Since(begun))
			must(b, err)
			again.Kept()
			must(b, again.Close())
		}
		slices.Sort(took)
		ms = float64(took[len(took)/2]) / 1e6
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(ms, "ms-p50")
		return ms
	}
	anew := 0.0
	b.Run("anew", func(b *testing.B) {
		anew = signedOn(b, func() { must(b, os.RemoveAll(filepath.Join(p.folder, "lists"))) })
	})
	b.Run("kept", func(b *testing.B) {
		kept := signedOn(b, func() {})
		b.ReportMetric(anew/kept, "x-faster-than-anew")
	})
	b.Run("memory", func(b *testing.B) {
		for b.Loop() {
			before := heldMiB()
			again, err := o.SignOn(b.Context(), li, liSecret)
			must(b, err)
			b.ReportMetric(heldMiB()-before, "MiB-held")
			must(b, again.Close())
		}
		b.ReportMetric(0, "ns/op")
	})
}

func heldMiB() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

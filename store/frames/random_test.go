package frames

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"testing"

	"bianmin/internal/chance"
)

// crowd are connections to one database: through the layer, with little memory and with much, waiting for the disk or not, and past it.
type crowd struct {
	t     *testing.T
	path  string
	rand  *rand.Rand
	all   []*sql.DB
	rows  int // committed
	bytes int
}

func (c *crowd) add(tx *sql.Tx) (bytes int) {
	bytes = c.rand.IntN(9000)
	exec(c.t, tx, fmt.Sprintf("INSERT INTO t (a, b) VALUES (zeroblob(%d), hex(randomblob(%d)))", bytes, 8+c.rand.IntN(600)))
	return bytes
}

// transaction is one of a few rows or of many, with a part that is undone, and ended or undone itself.
func (c *crowd) transaction(db *sql.DB) {
	tx, err := db.Begin()
	must(c.t, err)
	n, bytes := 1+c.rand.IntN(4), 0
	if c.rand.IntN(3) == 0 {
		n = 20 + c.rand.IntN(60)
	}
	for i := range n {
		bytes += c.add(tx)
		if i == n/2 && c.rand.IntN(2) == 0 {
			exec(c.t, tx, "SAVEPOINT part")
			for range 1 + c.rand.IntN(30) {
				c.add(tx)
			}
			exec(c.t, tx, "UPDATE t SET a = zeroblob(length(a)) WHERE id % 7 = 0", "ROLLBACK TO part", "RELEASE part")
		}
	}
	if c.rand.IntN(4) == 0 {
		must(c.t, tx.Rollback())
		return
	}
	must(c.t, tx.Commit())
	c.rows, c.bytes = c.rows+n, c.bytes+bytes
}

// TestLikeWithout: whatever is written, undone and written back by whom, after each step the files hold what was committed, no more and no less.
func TestLikeWithout(t *testing.T) {
	for range chance.Count(t, 2, 40) {
		c := &crowd{t: t, path: filepath.Join(t.TempDir(), "db"), rand: chance.Random(t)}
		for _, more := range []string{"", "&_pragma=cache_size(10)", "&_pragma=cache_size(20)&_pragma=synchronous(NORMAL)"} {
			c.all = append(c.all, connect(t, c.path, true, more))
		}
		c.all = append(c.all, connect(t, c.path, false, "&_pragma=cache_size(10)"))
		for step := range 60 {
			db := c.all[c.rand.IntN(len(c.all))]
			switch c.rand.IntN(8) {
			case 0:
				exec(t, db, "PRAGMA wal_checkpoint("+[]string{"PASSIVE", "RESTART", "TRUNCATE"}[c.rand.IntN(3)]+")")
			case 1:
				exec(t, db, "UPDATE t SET b = hex(randomblob(8)) WHERE id % 3 = 0")
			default:
				c.transaction(db)
			}
			want := strconv.Itoa(c.rows) + " " + strconv.Itoa(c.bytes)
			if got := left(t, c.path, "SELECT count(*) || ' ' || coalesce(sum(length(a)), 0) FROM t"); got != want {
				t.Fatalf("step %d: the files hold %s, committed were %s", step, got, want)
			}
		}
	}
}

package service_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"bianmin/platform/platformtest"
	"bianmin/sync/wire"
)

// TestDamagedUpdate: an update that the platform's disk has damaged, and that it cannot open any more, keeps no later one from its terminal.
func TestDamagedUpdate(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301")
	number := string(m.open().number)
	p.Run("act", number, "accept", "--department", "民政局", "--text", "一")
	db, err := sql.Open("sqlite", filepath.Join(p.Dir, "platform.db"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), "UPDATE updates SET sealed = substr(sealed, 1, 50) WHERE id = (SELECT update_id FROM deliveries ORDER BY position LIMIT 1)")
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	ask := func() heard {
		return m.do(m.request(http.MethodGet, "/v1/updates?nonce="+strings.Repeat("0a", 16), nil))
	}
	want(t, "the damaged one alone", ask(), "500  internal @") // it may be a key that is missing: the terminal asks again
	p.Run("act", number, "accept", "--department", "民政局", "--text", "二")
	got := ask()
	var said wire.Updates
	if err := json.Unmarshal(got.answer.Body, &said); err != nil || len(said.Updates) != 2 || said.Next == "" {
		t.Fatalf("%s: %+v, %v", got, said, err)
	}
	for i, opens := range []bool{false, true} {
		if _, _, err := m.id.Open(said.Updates[i].Sealed); (err == nil) != opens {
			t.Errorf("update %d: %v", i, err)
		}
	}
}

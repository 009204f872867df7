package courier

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/packaging/stick"
	"bianmin/store"
	"bianmin/sync/packet"
	"bianmin/sync/seal/sealtest"
)

// spoilt is a queue on a disk that cannot read some of its pages.
type spoilt struct {
	items  []store.Item
	opened map[string]int
	noted  []string
}

func (q *spoilt) Waiting(context.Context) ([]store.Item, error) { return q.items, nil }
func (q *spoilt) Cursor(context.Context) (string, error)        { return "", nil }
func (q *spoilt) Reread(context.Context) (bool, error)          { return false, nil }
func (q *spoilt) RecordAttempt(_ context.Context, id string, _ time.Time, why string) error {
	q.noted = append(q.noted, id+" "+why)
	return nil
}

func (q *spoilt) OpenPacket(_ context.Context, id string) (*packet.Reader, error) {
	q.opened[id]++
	var parts []packet.Part
	if id[0] == 'b' {
		parts = []packet.Part{{Length: 100, Open: func() (packet.Source, error) { return nil, errors.New("input/output error") }}}
	}
	return packet.NewReader(make([]byte, 200-100*len(parts)), parts), nil
}

// TestManyUnreadablePackets: however many packets a failing disk cannot read, the others are not written onto the stick anew for each of them.
func TestManyUnreadablePackets(t *testing.T) {
	q := &spoilt{opened: map[string]int{}}
	for i := range 40 {
		id := fmt.Sprintf("a%02d", i)
		if i%4 == 3 {
			id = fmt.Sprintf("b%02d", i)
		}
		q.items = append(q.items, store.Item{Packet: id, Case: casefile.Number(id), Total: 200, Digest: "d"})
	}
	folder := t.TempDir()
	to, err := stick.Look(folder)
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	terminal := Terminal{Identity: sealtest.New(t).Enrol(t, filepath.Join(data, "keys"), "QH0301", "A"), Data: data, Now: time.Now}
	out, err := terminal.Export(t.Context(), q, to, 1<<30)
	if err != nil || out.Packets != 30 || out.Lost != 10 {
		t.Fatalf("%+v, %v", out, err)
	}
	if len(q.noted) != 10 {
		t.Errorf("noted %v", q.noted)
	}
	if n := q.opened["a00"]; n > 3 {
		t.Errorf("the first packet was read %d times", n)
	}
	if lying, err := filepath.Glob(filepath.Join(folder, Folder, "*")); err != nil || len(lying) != 1 {
		t.Errorf("on the stick lie %v, %v", lying, err)
	}
}

package office_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"testing"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store/office"
)

// TestMemoryStaysFlat drafts, files, opens and lists on and on. What is held after the garbage is gone grows
// by no more than a line of the list for a case, a fiftieth of what went through, and by nothing for a query.
func TestMemoryStaysFlat(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b := signOn(t, o, li, liSecret)
	for i := range 40 { // caches fill
		throughDesk(t, b, i)
	}
	ask(t, b, 2000)
	const cases = 200
	before := held()
	for i := range cases {
		throughDesk(t, b, i)
	}
	filed := held()
	ask(t, b, 2000)
	asked := held()
	t.Logf("held %d KiB, after %d cases %d KiB, after 2000 queries %d KiB", before>>10, cases, filed>>10, asked>>10)
	if through := cases * pageSize; float64(filed)-float64(before) > float64(through)/50 {
		t.Errorf("%d KiB stayed of the %d KiB that went through", (filed-before)>>10, through>>10)
	}
	if asked > filed && asked-filed > leak {
		t.Errorf("2000 queries raised what is held from %d to %d KiB", filed>>10, asked>>10)
	}
}

// leak is what 2000 queries would leave at the least if each left half a kilobyte; a page of the list is ten.
const leak = 1 << 20

// ask looks at the list in the ways an agent does.
func ask(t *testing.T, b *office.Book, queries int) {
	t.Helper()
	for i := range queries {
		query := agency.Query{Limit: 50}
		switch i % 3 {
		case 1:
			query.Text = "金丝雀"
		case 2:
			query.States = []string{casefile.StateQueued}
		}
		page, err := b.List(t.Context(), query)
		must(t, err)
		if page.Total == 0 {
			t.Fatal("nothing is listed")
		}
	}
}

// pageSize is one scanned page.
const pageSize = 128 << 10

// throughDesk takes one case with a scanned page the way an agent's case goes, and looks at it afterwards.
func throughDesk(t *testing.T, b *office.Book, i int) {
	t.Helper()
	s, pages := submission(t, b, zhang, string(bytes.Repeat([]byte{byte(i), byte(i >> 8), 7, 9}, pageSize/4)))
	draft := fmt.Sprintf("d%d", i)
	for range 3 {
		must(t, b.SaveDraft(t.Context(), agency.Draft{ID: draft, Content: bytes.Repeat([]byte("x"), 8<<10), Attached: pages}))
	}
	filed, err := b.Submit(t.Context(), s, pages, draft)
	must(t, err)
	file, err := b.Case(t.Context(), filed.Number)
	must(t, err)
	page, err := b.Open(t.Context(), file.Attachments[0])
	must(t, err)
	if n, err := io.Copy(io.Discard, page); err != nil || n != pageSize {
		t.Fatalf("%d bytes of the page, %v", n, err)
	}
	must(t, page.Close())
}

// held is what the heap holds once the garbage is gone.
func held() uint64 {
	runtime.GC()
	runtime.GC() // what finalizers freed
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

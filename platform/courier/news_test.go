package courier

import (
	"context"
	"encoding/base64"
	"strconv"
	"testing"

	"bianmin/platform/registry"
	"bianmin/sync/courier"
	"bianmin/sync/wire"
)

// TestNewsHaveABound: an answer with very many updates stays one that a terminal reads; the rest goes with the next stick.
func TestNewsHaveABound(t *testing.T) {
	const each = 3 << 20
	answers := 0
	d := Desk{News: func(_ context.Context, _ registry.Terminal, after, _ string, _ int) (registry.Answered, wire.Updates, error) {
		n, _ := strconv.Atoi(after)
		if n != answers {
			t.Errorf("asked behind %q, want %d", after, answers)
		}
		answers++
		return registry.Answered{Body: make([]byte, each), Signature: base64.StdEncoding.EncodeToString([]byte("s"))},
			wire.Updates{Updates: make([]wire.SealedUpdate, 200), Next: strconv.Itoa(answers), More: true}, nil
	}}
	var back courier.Back
	if err := d.news(t.Context(), registry.Terminal{}, courier.Index{Cursor: "0"}, &back); err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, one := range back.News {
		size += base64.StdEncoding.EncodedLen(len(one.Body))
	}
	if len(back.News) < 2 || size > courier.MaxBack*3/4 {
		t.Errorf("%d answers with updates, %d bytes; a terminal reads %d in all", len(back.News), size, courier.MaxBack)
	}
}

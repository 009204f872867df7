package main

import (
	"context"
	"log/slog"
	"time"

	"bianmin/store"
	"bianmin/sync/wire"
)

// proveEvery is how often the audit trail is brought to the disk to be told of: each time costs a sync.
const proveEvery = 15 * time.Minute

// trail tells the platform how far the audit trail goes. Only the heartbeat's goroutine uses it.
type trail struct {
	outbox *store.Store
	log    *slog.Logger
	at     time.Time // when it was last proven
	told   *wire.AuditHead
}

func (t *trail) head(ctx context.Context) *wire.AuditHead {
	if now := time.Now(); t.told == nil || now.Sub(t.at) >= proveEvery {
		entries, head, err := t.outbox.ProvenAuditHead(ctx)
		if err != nil {
			t.log.Warn("how far the audit trail goes is not told", "error", err)
			return nil
		}
		t.at = now
		if entries > 0 {
			t.told = &wire.AuditHead{Entries: entries, Head: head}
		}
	}
	return t.told
}

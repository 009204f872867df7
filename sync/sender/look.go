package main

import (
	"context"
	"log/slog"
	"syscall"

	"bianmin/store"
	"bianmin/sync/reported"
	"bianmin/sync/wire"
)

// look tells how disk and devices stand; nil when not even the disk can be looked at.
func look(folder string, log *slog.Logger) *wire.Condition {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(folder, &stat); err != nil {
		log.Warn("the free space is not known", "error", err)
		return nil
	}
	c := &wire.Condition{
		DiskFree: int64(stat.Bavail) * stat.Bsize, DiskTotal: int64(stat.Blocks) * stat.Bsize, // #nosec G115 -- far below 2^63
	}
	told, err := reported.Load(folder)
	if err != nil {
		log.Warn("the devices' states are not known", "error", err)
		return c
	}
	if !told.At.IsZero() {
		at := told.At.UTC()
		c.DevicesAt, c.Devices = &at, reported.Wire(told.Devices)
	}
	return c
}

// unread tells which of the platform's updates could not be taken; nil when there are none.
func unread(ctx context.Context, outbox *store.Store, stuck string, log *slog.Logger) *wire.Unread {
	kept, err := outbox.Asides(ctx)
	if err != nil {
		log.Warn("what could not be read is not told", "error", err)
		return nil
	}
	if kept.Newer == 0 && kept.Unread == 0 && stuck == "" {
		return nil
	}
	said := &wire.Unread{Newer: kept.Newer, Broken: kept.Unread, Stuck: stuck}
	if !kept.Since.IsZero() {
		since := kept.Since.UTC()
		said.Since = &since
	}
	return said
}

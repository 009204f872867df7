package uplink

import (
	"context"
	"time"

	"bianmin/sync/channel"
)

// take takes what the platform's answer brings, each part by itself: one that this machine cannot keep, on a full disk, stops no other, and says
// nothing of the link.
func (p Pulse) take(ctx context.Context, signed channel.Signed, trip time.Duration) {
	noted := func(what string, err error) {
		if err != nil && ctx.Err() == nil {
			p.Log.Warn("a part of the platform's answer is not kept", "part", what, "error", err)
		}
	}
	if trip <= maxTrip {
		noted("time", p.Memory.SetPlatformTime(ctx, signed.Time.Add(trip/2)))
	}
	noted("technicians", p.Staff(signed.Staff))
	if p.Agents != nil && signed.Agents != nil {
		noted("accounts", p.Agents(signed.Agents))
	}
	if p.Evaluations != nil && signed.Evaluations != nil {
		noted("evaluations", p.Evaluations(*signed.Evaluations))
	}
	if p.Understood != nil {
		noted("what the platform understands", p.Understood(signed.Speaks))
	}
	if p.Sealing != nil && signed.Sealing != "" {
		noted("certificate for sealing", p.Sealing(signed.Sealing)) // the earlier one goes on to open
	}
	if p.Signing != nil && signed.Signing != "" {
		noted("certificate for answers", p.Signing(ctx, signed.Signing))
	}
	if p.Newest != nil {
		p.Newest(ctx, signed.Settings)
	}
	if p.Replay != nil && signed.Replay != nil {
		p.Replay(ctx, *signed.Replay)
	}
	if p.Catalogue != nil {
		p.Catalogue(signed.Catalogue)
	}
	if p.Heard != nil {
		p.Heard(ctx, signed.Time)
	}
}

package rig

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"bianmin/core/receipt"
	"bianmin/drivers/sim/stand"
)

// Receipts are the verified codes of all receipts printed so far, oldest first. A
// strip whose code does not verify is an error.
func (r *Rig) Receipts() ([]receipt.Code, error) {
	var codes []receipt.Code
	for _, slip := range receipts(r.Stand.Printed()) {
		code, err := r.verify(slip.code)
		if err != nil {
			return nil, fmt.Errorf("a printed receipt does not verify: %w", err)
		}
		codes = append(codes, code)
	}
	return codes, nil
}

// CheckReceipts waits until the platform accepted, or refused with its reason, the case of
// every receipt printed so far, compares digests, and leaves receipt.png, receipt.bin and platform.json in out.
func (r *Rig) CheckReceipts(ctx context.Context, out string) ([]Outcome, error) {
	slips := receipts(r.Stand.Printed())
	codes, err := r.Receipts()
	if err != nil {
		return nil, err
	}
	if len(codes) == 0 {
		return nil, errors.New("no receipt was printed")
	}
	if err := stand.SaveStrip(slips[len(slips)-1].strip, filepath.Join(out, "receipt.png"), filepath.Join(out, "receipt.bin")); err != nil {
		return nil, err
	}
	var checked []Outcome
	for _, code := range codes {
		arrived, err := r.waitDecided(ctx, code.Case)
		if err != nil {
			return nil, err
		}
		if want := fmt.Sprintf("%x", code.Digest); arrived.Events[0].EventDigest != want {
			return nil, fmt.Errorf("case %s: the platform holds another event than the receipt names", code.Case)
		}
		checked = append(checked, Outcome{Number: arrived.Case, Official: arrived.Official, Refused: arrived.Events[0].Code})
	}
	whole, _, err := r.Cases(ctx)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(out, "platform.json"), whole, 0o644); err != nil {
		return nil, fmt.Errorf("keep what the platform holds: %w", err)
	}
	return checked, nil
}

package edition

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v4"

	"bianmin/core/catalogue"
	"bianmin/store/room"
	"bianmin/sync/channel"
	"bianmin/sync/governor"
	"bianmin/sync/wire"
)

// Timing are the waits; zero fields are the defaults.
type Timing struct {
	Every time.Duration // between questions when no heartbeat hints at news, default 6 h
	First time.Duration // after trouble, doubling, default 2 s
	Most  time.Duration // up to, default 15 min
	Ask   time.Duration // limit of one question, default 1 min
	Still time.Duration // how long an archive may bring nothing, default 1 min
}

func (t Timing) filled() Timing {
	for _, d := range []struct {
		to *time.Duration
		or time.Duration
	}{{&t.Every, 6 * time.Hour}, {&t.First, 2 * time.Second}, {&t.Most, 15 * time.Minute}, {&t.Ask, time.Minute}, {&t.Still, time.Minute}} {
		if *d.to == 0 {
			*d.to = d.or
		}
	}
	return t
}

// Follower keeps a shelf at the platform's newest edition. All fields but Timing and Taken are required.
type Follower struct {
	Shelf  Shelf
	Client *http.Client // made by channel.New
	URL    string       // the platform's base address
	Log    *slog.Logger
	Timing Timing
	// Taken is called after an edition came into force, from Run's goroutine.
	Taken func(m wire.Catalogue)

	poke   chan struct{}
	number atomic.Int64 // the newest the platform spoke of
	seen   string       // digest of the newest set that was tried; only Run's goroutine uses it
}

// Ready makes a follower usable.
func (f *Follower) Ready() *Follower {
	f.poke, f.Timing = make(chan struct{}, 1), f.Timing.filled()
	return f
}

// Newest takes the number of the newest edition the platform has, as its heartbeats tell; 0 says nothing. It never blocks.
func (f *Follower) Newest(number int64) {
	if number == 0 || f.number.Swap(number) == number {
		return
	}
	select {
	case f.poke <- struct{}{}:
	default:
	}
}

// Run follows until ctx ends. Trouble of any kind is waited out: it stops nothing else, and what is here goes on to serve.
func (f *Follower) Run(ctx context.Context) {
	away := governor.Backoff(f.Timing.First, f.Timing.Most)
	whole, told := false, ""
	for {
		moved, err := f.follow(ctx, whole)
		if ctx.Err() != nil {
			return
		}
		whole = errors.Is(err, ErrDamaged)
		if moved {
			away.Reset()
		}
		if said := fmt.Sprint(err); err != nil && said != told {
			told = said
			f.Log.Warn("the catalogue waits", "error", err)
		}
		if wait, hints := f.after(away, err); !f.pause(ctx, wait, hints) {
			return
		}
	}
}

// after tells how long to wait, and whether news may end the wait.
func (f *Follower) after(away *backoff.ExponentialBackOff, err error) (time.Duration, bool) {
	var problem *channel.Problem
	switch {
	case err == nil:
		away.Reset()
		return governor.Spread(f.Timing.Every), true
	case errors.As(err, &problem) && problem.Wait > 0:
		return governor.Spread(problem.Wait), false
	case errors.As(err, &problem) && problem.Status == http.StatusNotFound, final(err):
		// An older platform, or nothing that another try would change.
		return governor.Spread(f.Timing.Every), true
	case errors.Is(err, ErrRoom), room.Full(err):
		return governor.Spread(f.Timing.Most), true
	}
	return away.NextBackOff(), false
}

// final tells whether only a new edition, or another version of this program, can help.
func final(err error) bool {
	for _, one := range []error{ErrOlder, ErrTwice, ErrForeign, ErrNewer, ErrBroken} {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}

func (f *Follower) pause(ctx context.Context, wait time.Duration, hints bool) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	poked := f.poke
	if !hints {
		poked = nil
	}
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case <-poked:
	}
	return true
}

// follow asks once and takes what is newer. moved says that bytes came or an edition was taken.
func (f *Follower) follow(ctx context.Context, whole bool) (moved bool, err error) {
	signed, err := f.ask(ctx)
	if err != nil {
		return false, err
	}
	plan, ok, err := f.Shelf.Weigh(ctx, signed, whole)
	if err != nil || !ok {
		return false, err
	}
	if !plan.Renewed {
		if err := f.refuse(plan.Manifest); err != nil {
			return false, err
		}
	}
	if moved, err = f.take(ctx, plan); err != nil {
		if errors.Is(err, ErrArchive) {
			err = errors.Join(err, f.forget())
		}
		return moved, err
	}
	f.Log.Info("the catalogue is current", "edition", plan.Manifest.Edition, "version", plan.Manifest.Name, "delta", plan.Base != "", "renewed", plan.Renewed)
	if f.Taken != nil && !plan.Renewed {
		f.Taken(plan.Manifest)
	}
	return true, f.forget()
}

// take fetches what a plan needs and puts the edition into place.
func (f *Follower) take(ctx context.Context, plan Plan) (moved bool, err error) {
	if plan.Archive == nil {
		return false, f.Shelf.Take(ctx, plan, nil)
	}
	path := filepath.Join(f.Shelf.Folder, incomingName, plan.Archive.Digest)
	if moved, err = f.fetch(ctx, *plan.Archive, path); err != nil {
		return moved, err
	}
	archive, err := os.Open(path) // #nosec G304 -- our own folder
	if err != nil {
		return moved, fmt.Errorf("open an archive: %w", err)
	}
	return moved, errors.Join(f.Shelf.Take(ctx, plan, archive), archive.Close())
}

// refuse gives the reason why an edition need not be fetched: it was here and was refused, or can be known to be.
func (f *Follower) refuse(m wire.Catalogue) error {
	refused := f.Shelf.Refused()
	same := refused.Edition == m.Edition && refused.Digest == m.Digest
	switch {
	case m.Format > catalogue.FormatVersion:
		err := fmt.Errorf("%w: its catalogue is of format %d, this program reads %d", ErrNewer, m.Format, catalogue.FormatVersion)
		if !same {
			err = errors.Join(err, f.Shelf.note(m, err))
		}
		return err
	case same && (!refused.Newer || f.seen == m.Digest): // a newer version of this program gets to try again, once
		return fmt.Errorf("%w: it was refused before", ErrBroken)
	}
	f.seen = m.Digest
	return nil
}

// ask asks the platform which edition is in force for this terminal.
func (f *Follower) ask(ctx context.Context) (wire.SignedCatalogue, error) {
	ctx, cancel := context.WithTimeout(ctx, f.Timing.Ask)
	defer cancel()
	var random [16]byte
	if _, err := rand.Read(random[:]); err != nil {
		return wire.SignedCatalogue{}, fmt.Errorf("ask for the catalogue: %w", err)
	}
	nonce := hex.EncodeToString(random[:])
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.URL+"/v1/catalogue?nonce="+nonce, nil)
	if err != nil {
		return wire.SignedCatalogue{}, fmt.Errorf("ask for the catalogue: %w", err)
	}
	response, err := f.Client.Do(request)
	if err != nil {
		return wire.SignedCatalogue{}, fmt.Errorf("ask for the catalogue: %w", err)
	}
	body, signature, err := channel.ReadVerified(response, f.Shelf.Who.Key)
	if err != nil {
		return wire.SignedCatalogue{}, fmt.Errorf("ask for the catalogue: %w", err)
	}
	var said wire.Catalogue
	if err := json.Unmarshal(body, &said); err != nil || said.Kind != wire.Contents || said.Nonce != nonce {
		return wire.SignedCatalogue{}, fmt.Errorf("ask for the catalogue: %w", errors.Join(channel.ErrStranger, err))
	}
	return wire.SignedCatalogue{Answer: body, Signature: signature}, nil
}

package uplink

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"time"

	"bianmin/core/usage"
	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/governor"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// ErrReplaced says that the platform admits another generation in this terminal's place.
var ErrReplaced = errors.New("another machine has taken this terminal's place")

// maxTrip is the longest round trip after which the platform's time is still worth taking over.
const maxTrip = 30 * time.Second

// Memory is what heartbeats need of the store.
type Memory interface {
	Counts(ctx context.Context) (store.Counts, error)
	// SetPlatformTime takes over a time the platform has just signed.
	SetPlatformTime(ctx context.Context, platform time.Time) error
}

var _ Memory = (*store.Store)(nil)

// Usage is what a terminal counted of its use.
type Usage interface {
	Untold(ctx context.Context, limit int) ([]usage.Count, error)
	Told(ctx context.Context, counts []usage.Count) error
}

var _ Usage = (*store.Store)(nil)

// Pulse tells the platform that the terminal lives and takes its time and its
// lists of accounts home. All fields but Timing, After, Slower, Condition, Agents, Evaluations, Replaced, Settings, Newest, Catalogue, Usage, Speaks, Understood, Unread, Line, Edition, Sealing, Signing, Audit and Heard are required.
type Pulse struct {
	Memory   Memory
	Client   *http.Client
	URL      string
	Key      seal.Signers
	Software string
	Now      func() time.Time // wall clock
	Log      *slog.Logger
	Timing   Timing
	After    time.Duration // the first one waits so long
	Slower   func() int    // how many times as long the waits between them are at present; nil is 1
	// Staff takes the platform's list of technicians, with every answer.
	Staff func(accounts []wire.Staff) error
	// Agents and Evaluations take what a desk's terminal is told, when it is told; nil is for a kiosk.
	Agents      func(accounts []wire.Agent) error
	Evaluations func(evaluations wire.Evaluations) error
	// Replaced takes the platform's signed word that another generation has this terminal's place; nil is nobody.
	Replaced func(ctx context.Context, answer wire.Answer) error
	// Condition tells how machine and devices stand; nil says nothing about them.
	Condition func() *wire.Condition
	// Settings tells which of the province's settings are here; nil says nothing about them.
	Settings func() *wire.SettingsHeld
	// Unread tells which of the platform's updates could not be taken; nil says nothing about them.
	Unread func(ctx context.Context) *wire.Unread
	// Newest takes the number of the newest settings the platform has, with every answer; nil does not want it.
	Newest func(ctx context.Context, number int64)
	// Catalogue takes the number of the newest edition of the catalogue the platform has, with every answer; nil does not want it.
	Catalogue func(number int64)
	// Replay takes a platform's word that it was put back from a copy and wants something again; nil is nobody.
	Replay func(ctx context.Context, asked wire.Replay)
	// Usage keeps what is counted; nil says nothing about it.
	Usage Usage
	// Speaks is what this terminal understands; nil says nothing about it.
	Speaks *wire.Speaks
	// Understood takes what the platform understands, with every answer; nil in it is a platform that says nothing. nil does not want it.
	Understood func(said *wire.Speaks) error
	// Line tells how the line stands, for the platform's people; nil says nothing of it.
	Line func() wire.Outbox
	// Audit is how far the audit trail is proven; nil says nothing of it.
	Audit func(ctx context.Context) *wire.AuditHead
	// Edition is the number of the catalogue's edition in force here; nil says nothing of it.
	Edition func(ctx context.Context) int64
	// Sealing takes the certificate that packets are to be sealed to, when the platform tells one; nil does not want it.
	Sealing func(certificate string) error
	// Signing takes the certificate by which answers are signed now or soon, when the platform tells one; nil does not want it.
	Signing func(ctx context.Context, certificate string) error
	// Heard takes the platform's time, just signed, after everything else of an answer; nil does not want it.
	Heard func(ctx context.Context, now time.Time)
	// Beaten is called after each try; nil when the platform answered.
	Beaten func(ctx context.Context, err error)
}

// Run sends heartbeats until ctx ends.
func (p Pulse) Run(ctx context.Context) {
	p.Timing = p.Timing.filled()
	away := governor.Backoff(p.Timing.First, p.Timing.LinkLong)
	timer := time.NewTimer(p.After)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		err := p.beat(ctx)
		if ctx.Err() != nil {
			return
		}
		p.Beaten(ctx, err)
		var problem *channel.Problem
		switch {
		case err == nil:
			away.Reset()
			timer.Reset(governor.Spread(p.Timing.BeatEvery * times(p.Slower)))
		case errors.As(err, &problem) && problem.Slot:
			timer.Reset(problem.Wait)
		case errors.As(err, &problem) && problem.Wait > 0:
			timer.Reset(governor.Spread(problem.Wait))
		default:
			timer.Reset(min(away.NextBackOff(), p.Timing.BeatEvery))
		}
	}
}

func (p Pulse) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, p.Timing.BeatTimeout)
	defer cancel()
	counts, err := p.Memory.Counts(ctx)
	if err != nil {
		return fmt.Errorf("heartbeat: %w", err)
	}
	var nonce [16]byte
	if _, err := rand.Read(nonce[:]); err != nil {
		return fmt.Errorf("heartbeat: %w", err)
	}
	beat := wire.Heartbeat{
		Nonce: hex.EncodeToString(nonce[:]), Time: p.Now().UTC(), Software: p.Software, Waiting: counts.Waiting, Refused: counts.Refused,
	}
	if !counts.Oldest.IsZero() {
		oldest := counts.Oldest.UTC()
		beat.Oldest = &oldest
	}
	if p.Condition != nil {
		beat.Condition = p.Condition()
	}
	if p.Settings != nil {
		beat.Settings = p.Settings()
	}
	if p.Unread != nil {
		beat.Unread = p.Unread(ctx)
	}
	if p.Line != nil {
		line := p.Line()
		line.Bytes, line.Held = counts.Bytes, counts.Held
		beat.Outbox = &line
	}
	if p.Audit != nil {
		beat.Audit = p.Audit(ctx)
	}
	if p.Edition != nil {
		beat.Catalogue = p.Edition(ctx)
	}
	counted := p.untold(ctx)
	beat.Usage, beat.Speaks = uses(counted), p.Speaks
	signed, trip, err := p.post(ctx, beat)
	if plain := beat.Plain(); misfit(err) && !reflect.DeepEqual(beat, plain) { // an older platform takes no more
		beat, counted = plain, nil
		signed, trip, err = p.post(ctx, beat)
	}
	if err != nil {
		return fmt.Errorf("heartbeat: %w", err)
	}
	if signed.Kind == wire.Replaced && signed.Nonce == beat.Nonce && p.Replaced != nil {
		return errors.Join(ErrReplaced, p.Replaced(ctx, signed.Answer))
	}
	if signed.Kind != wire.Time || signed.Nonce != beat.Nonce {
		return fmt.Errorf("heartbeat: %w: an answer to another question", channel.ErrStranger)
	}
	if signed.Usage > 0 && signed.Usage == len(counted) {
		if err := p.Usage.Told(ctx, counted); err != nil { // they are told again, and count once
			p.Log.Warn("what was told of the use is not noted", "error", err)
		}
	}
	p.take(ctx, signed, trip)
	return nil
}

// untold gives counts to be told; what cannot be read stops no heartbeat.
func (p Pulse) untold(ctx context.Context) []usage.Count {
	if p.Usage == nil {
		return nil
	}
	counted, err := p.Usage.Untold(ctx, wire.MaxUses)
	if err != nil {
		p.Log.Warn("what was used is not told", "error", err)
		return nil
	}
	return counted
}

// uses says counts in the words of the wire; nil for none.
func uses(counted []usage.Count) []wire.Use {
	var said []wire.Use
	for _, c := range counted {
		said = append(said, wire.Use{Day: c.Day, Kind: string(c.Kind), Item: c.Item, N: c.N})
	}
	return said
}

// misfit tells whether the platform's contract has no room for what was said.
func misfit(err error) bool {
	var problem *channel.Problem
	return errors.As(err, &problem) && problem.Code == wire.ProblemRequest
}

func (p Pulse) post(ctx context.Context, beat wire.Heartbeat) (channel.Signed, time.Duration, error) {
	body, err := json.Marshal(beat)
	if err != nil {
		return channel.Signed{}, 0, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL+"/v1/heartbeats", bytes.NewReader(body))
	if err != nil {
		return channel.Signed{}, 0, err
	}
	request.Header.Set("Content-Type", wire.TypeJSON)
	request, on := timed(request)
	response, err := p.Client.Do(request)
	if err != nil {
		return channel.Signed{}, 0, err
	}
	took := on.took()
	signed, err := channel.ReadSigned(response, p.Key)
	return signed, took, err
}

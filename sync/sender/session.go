package main

import (
	"context"
	"path/filepath"
	"sync"
	"time"

	"bianmin/store"
	"bianmin/store/cut"
	"bianmin/sync/channel"
	"bianmin/sync/downlink"
	"bianmin/sync/edition"
	"bianmin/sync/renew"
	"bianmin/sync/replay"
	"bianmin/sync/seal"
	"bianmin/sync/spoken"
	"bianmin/sync/standing"
	"bianmin/sync/uplink"
	"bianmin/sync/wire"
)

// crew is everybody at work in one session: under one identity, over one line.
type crew struct {
	options
	outbox    *store.Store
	identity  *seal.Identity
	keys, url string

	signers  *renew.Signers
	line     *line
	rules    *rules
	told     *news
	reporter *reporter
	up       *uplink.Uplink
	down     *downlink.Downlink
	follower *edition.Follower
	again    *replay.Replay
}

// session sends under one identity until ctx ends or the terminal is enrolled anew.
func session(ctx context.Context, o options, outbox *store.Store, identity *seal.Identity, stamp enrolment) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	c := &crew{options: o, outbox: outbox, identity: identity, keys: filepath.Join(o.data, "keys"), url: o.platform}
	if c.url == "" {
		c.url = identity.Platform
	}
	c.signers = &renew.Signers{Folder: c.keys, Identity: identity, URL: c.url, Log: o.log}
	var err error
	if c.line, err = newLine(ctx, c.url, outbox, identity, c.signers, o.log); err != nil {
		return err
	}
	defer c.line.close()
	if err := c.gather(ctx); err != nil {
		return err
	}
	return c.work(ctx, end, stamp)
}

// gather makes those who work.
func (c *crew) gather(ctx context.Context) error {
	client, log := c.line.client, c.log
	c.again = &replay.Replay{Book: c.outbox, Client: client, URL: c.url, Identity: c.identity, Log: log}
	c.rules = &rules{options: c.options, outbox: c.outbox, keys: c.keys, who: standing.Of(c.identity), client: client, url: c.url}
	if err := c.rules.apply(ctx); err != nil {
		return err
	}
	c.told = &news{now: time.Now}
	var err error
	c.down, err = downlink.New(downlink.Options{
		Book: c.outbox, Client: client, URL: c.url, Identity: c.identity, Log: log, After: c.line.first + behind, Slower: c.rules.slower, Asked: c.told.asked,
	})
	if err != nil {
		return err
	}
	c.reporter = &reporter{outbox: c.outbox, folder: c.data, log: log, again: func() { c.up.Poke() }}
	c.up, err = uplink.New(uplink.Options{
		Queue: c.outbox, Client: client, URL: c.url, Key: c.identity.Believed(), Now: time.Now, Log: log, After: c.line.first,
		Changed: func(s uplink.State) { c.reporter.uplink(ctx, s) }, Acknowledged: c.down.Poke, Moved: c.reporter.moved, Rules: c.rules.pages,
		Met: func() { c.reporter.met(ctx) },
	})
	c.follower = (&edition.Follower{
		Shelf: edition.Shelf{Folder: filepath.Join(c.data, edition.FolderName), Who: edition.Of(c.identity), Point: cut.Point}, Client: client, URL: c.url, Log: log,
	}).Ready()
	return err
}

// work is done by all of them at once until ctx ends or the terminal is enrolled anew.
func (c *crew) work(ctx context.Context, end func(), stamp enrolment) error {
	pulse, probe := c.pulse(), c.probe()
	var working sync.WaitGroup
	var runErr error
	working.Go(func() { runErr = c.up.Run(ctx); end() })
	working.Go(func() { c.down.Run(ctx) })
	working.Go(func() { c.follower.Run(ctx) })
	working.Go(func() { pulse.Run(ctx) })
	working.Go(func() { probe.Run(ctx) })
	working.Go(func() { c.reporter.run(ctx) })
	working.Go(func() { purge(ctx, c.outbox.Purge, c.log) })
	for pause(ctx, enrolmentPoll) && !c.aside() {
		c.rules.look(ctx)
		if now, err := enrolled(c.keys); err == nil && now != (enrolment{}) && now != stamp {
			c.log.Info("the terminal was enrolled anew, or certificates were renewed")
			break
		}
	}
	end()
	working.Wait()
	return runErr
}

// pulse speaks of this terminal, and hears what the platform has for it.
func (c *crew) pulse() *uplink.Pulse {
	own := spoken.Own()
	renewer := renew.Renewer{Folder: c.keys, Identity: c.identity, Client: c.line.client, URL: c.url, Log: c.log, Step: cut.Point}
	return &uplink.Pulse{
		Staff:       func(accounts []wire.Staff) error { return keepStaff(c.keys, accounts) },
		Agents:      func(accounts []wire.Agent) error { return keepAgents(c.keys, accounts) },
		Evaluations: func(evaluations wire.Evaluations) error { return keepEvaluations(c.keys, evaluations) },
		Memory:      c.outbox, Client: c.line.client, URL: c.url, Key: c.identity.Believed(), Software: c.software, Now: time.Now, Log: c.log,
		After: c.line.first, Slower: c.rules.slower,
		Replaced: func(ctx context.Context, answer wire.Answer) error {
			return replaced(ctx, c.options, c.outbox, c.identity, answer)
		},
		Condition:  func() *wire.Condition { return look(c.data, c.log) },
		Settings:   c.rules.held,
		Unread:     func(ctx context.Context) *wire.Unread { return unread(ctx, c.outbox, c.told.stuck(), c.log) },
		Newest:     c.rules.newest,
		Replay:     c.replay,
		Catalogue:  c.follower.Newest,
		Line:       c.reporter.line,
		Audit:      (&trail{outbox: c.outbox, log: c.log}).head,
		Edition:    func(context.Context) int64 { return c.follower.Shelf.Number() },
		Usage:      c.outbox,
		Speaks:     &own,
		Sealing:    func(said string) error { return seal.SaveSealing(c.keys, c.identity, said) },
		Understood: func(said *wire.Speaks) error { return seal.SaveSpeaks(c.keys, said) },
		Heard:      renewer.Heard,
		Signing:    func(ctx context.Context, said string) error { return c.signers.Told(ctx, c.line.client, said) },
		Beaten:     c.beaten,
	}
}

// replay answers a platform that was put back from a copy. A heartbeat lasts a minute at most; the next one asks again, and what was brought is not brought twice.
func (c *crew) replay(ctx context.Context, asked wire.Replay) {
	if _, err := c.again.Answer(ctx, asked); err != nil {
		c.log.Warn("what the platform lost is not known yet", "error", err)
	}
}

// beaten takes what came of a heartbeat: one that arrived proves the way for everybody.
func (c *crew) beaten(ctx context.Context, err error) {
	err = c.line.clock.see(ctx, err)
	c.reporter.beaten(ctx, err)
	if channel.Name(err) == channel.Unsigned {
		c.signers.Unknown(ctx, c.line.client)
	}
	if err == nil {
		c.up.Proven()
		c.up.Poke()
		c.down.Poke()
	}
}

// probe looks whether the platform can be reached.
func (c *crew) probe() *uplink.Probe {
	return &uplink.Probe{
		Client: c.line.client, URL: c.url, Key: c.identity.Believed(), Proven: c.reporter.lastProven, After: c.line.first, Slower: c.rules.slower,
		Probed: func(ctx context.Context, err error) {
			err = c.line.clock.see(ctx, err)
			if err == nil {
				c.up.Proven()
			}
			c.reporter.probed(ctx, err)
		},
	}
}

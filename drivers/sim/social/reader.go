package social

import (
	"context"
	"sync"

	"bianmin/drivers/link/channel"
	"bianmin/drivers/link/pcsc"
	driver "bianmin/drivers/social"
)

// ReaderName is what the PC/SC service in memory calls its reader.
const ReaderName = "Simulated 00 00"

// Reader is a PC/SC service in memory with one reader, for tests that have no service, or need a clock of their own.
type Reader struct {
	// Pass lets an answer through, changes it, holds it up or loses it; nil lets all through. It is set before the first use.
	Pass func(ctx context.Context, answer []byte) ([]byte, error)

	mutex sync.Mutex
	card  *Card
	times int // cards that were put in
	stop  error
	held  bool
	hang  chan struct{} // closed when it answers again; nil when it does
}

// Insert puts a card in; nil pulls the one that is in.
func (r *Reader) Insert(card *Card) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.card = card
	r.times++
}

// Unplug pulls the reader's cable, or puts it back.
func (r *Reader) Unplug(out bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.stop = nil; out {
		r.stop = channel.ErrUnplugged
		r.times++ // what was connected is gone
	}
}

// Hang lets it answer nobody, or go on again.
func (r *Reader) Hang(is bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	switch {
	case is && r.hang == nil:
		r.hang = make(chan struct{})
	case !is && r.hang != nil:
		close(r.hang)
		r.hang = nil
	}
}

// answers waits while it hangs, and gives why it cannot be asked.
func (r *Reader) answers(ctx context.Context) error {
	if ctx.Err() != nil {
		return channel.ErrTimeout
	}
	r.mutex.Lock()
	hang, stop := r.hang, r.stop
	r.mutex.Unlock()
	if hang == nil {
		return stop
	}
	select {
	case <-hang:
		return stop
	case <-ctx.Done():
		return channel.ErrTimeout
	}
}

// Choose implements the driver's Service.
func (r *Reader) Choose(ctx context.Context, _ string) (string, error) {
	if err := r.answers(ctx); err != nil {
		return "", err
	}
	return ReaderName, nil
}

// Present implements the driver's Service.
func (r *Reader) Present(ctx context.Context, _ string) (bool, error) {
	if err := r.answers(ctx); err != nil {
		return false, err
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.card != nil, nil
}

// Connect implements the driver's Service.
func (r *Reader) Connect(ctx context.Context, _ string) (driver.Connection, error) {
	if err := r.answers(ctx); err != nil {
		return nil, err
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	switch {
	case r.card == nil:
		return nil, pcsc.ErrNoCard
	case r.held:
		return nil, channel.ErrBusy
	}
	r.held = true
	r.card.file, r.card.answered = 0, 0
	return &held{reader: r, card: r.card, times: r.times}, nil
}

// held is a card that somebody holds.
type held struct {
	reader *Reader
	card   *Card
	times  int
}

func (h *held) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if err := h.reader.answers(ctx); err != nil {
		return nil, err
	}
	if err := h.lies(); err != nil {
		return nil, err
	}
	answer := h.card.respond(command)
	if h.card.answered++; h.card.Pulled > 0 && h.card.answered > h.card.Pulled {
		h.reader.Insert(nil)
		return nil, pcsc.ErrNoCard
	}
	if h.reader.Pass == nil {
		return answer, nil
	}
	return h.reader.Pass(ctx, answer)
}

// lies tells whether it is still the card that was connected.
func (h *held) lies() error {
	h.reader.mutex.Lock()
	defer h.reader.mutex.Unlock()
	if h.times != h.reader.times {
		return pcsc.ErrNoCard
	}
	return nil
}

func (h *held) Close() error {
	h.reader.mutex.Lock()
	defer h.reader.mutex.Unlock()
	h.reader.held = false
	return nil
}

// InMemory is a Reader as a bench holds it.
type InMemory struct{ *Reader }

// Insert puts a card in; nil pulls the one that is in.
func (m InMemory) Insert(card *Card) error { m.Reader.Insert(card); return nil }

// Hang lets it answer nobody, or go on again.
func (m InMemory) Hang(is bool) error { m.Reader.Hang(is); return nil }

// Unplug pulls its cable.
func (m InMemory) Unplug() error { m.Reader.Unplug(true); return nil }

// Plug puts it back.
func (m InMemory) Plug() error { m.Reader.Unplug(false); return nil }

// Plugged tells whether it is plugged in.
func (m InMemory) Plugged() bool {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.stop == nil
}

// Close has nothing to close.
func (InMemory) Close() error { return nil }

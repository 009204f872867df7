package stand

import (
	"context"
	"errors"
	"time"

	"bianmin/drivers/sim/escl"
)

// scanner is the driverless scanner and its plug.
type scanner struct {
	*escl.Scanner // stays when it is off, with what it was told
	off           bool
}

func openScanner(ctx context.Context) (*scanner, error) {
	far, err := escl.Start(ctx, escl.Options{Duplex: true})
	if err != nil {
		return nil, err
	}
	far.Lay(escl.Sheet{Bars: 1})
	return &scanner{Scanner: far}, nil
}

// device is the scanner as it is now.
func (s *Stand) device() *escl.Scanner {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.scanner.Scanner
}

func (s *Stand) scannerOff() bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.scanner.off
}

// powerScanner switches the scanner off, or on again at the same address with the same sheet on its glass.
func (s *Stand) powerScanner(ctx context.Context, off bool) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.scanner.off == off {
		return nil
	}
	if off {
		s.scanner.off = true
		return s.scanner.Close()
	}
	// It outlives the command that switched it on.
	far, err := escl.Start(context.WithoutCancel(ctx), escl.Options{At: s.scanner.Address(), Duplex: true})
	if err != nil {
		return err
	}
	far.Lay(s.scanner.Glass())
	far.Have(s.scanner.Trouble())
	s.scanner.Scanner, s.scanner.off = far, false
	return nil
}

// feedScanner puts so many sheets into the feeder, each with another number of bars; every second has some on its back.
func (s *Stand) feedScanner(n int) {
	sheets := make([]escl.Sheet, n)
	for i := range sheets {
		sheets[i] = escl.Sheet{Bars: i + 1, Back: i % 2 * (i + 1)}
	}
	s.device().Feed(sheets...)
}

var errNoScanner = errors.New("there is no driverless scanner on this bench")

// A wait before every answer, and how often a page is not there yet.
const (
	slowScanner = 8 * time.Second
	notYet      = 1000
)

func scannerFaults() []Fault {
	all := []Fault{}
	for _, f := range []struct {
		name, chinese, english, field string
		set                           func(*escl.Trouble, bool)
		is                            func(escl.Trouble) bool
	}{
		{"jam", "进纸器卡纸", "Feeder jam", "Jam", func(t *escl.Trouble, on bool) { t.Jam = on }, func(t escl.Trouble) bool { return t.Jam }},
		{"jam-next", "下一张卡住", "Jam at next", "JamAfterPage", func(t *escl.Trouble, on bool) { t.JamAfterPage = on }, func(t escl.Trouble) bool { return t.JamAfterPage }},
		{"cover", "盖子打开", "Cover open", "Hatch", func(t *escl.Trouble, on bool) { t.Hatch = on }, func(t escl.Trouble) bool { return t.Hatch }},
		{"busy", "正忙", "Busy", "Busy", func(t *escl.Trouble, on bool) { t.Busy = on }, func(t escl.Trouble) bool { return t.Busy }},
		{"down", "故障停机", "Out of order", "Down", func(t *escl.Trouble, on bool) { t.Down = on }, func(t escl.Trouble) bool { return t.Down }},
		{"closed", "要密码", "Password", "Closed", func(t *escl.Trouble, on bool) { t.Closed = on }, func(t escl.Trouble) bool { return t.Closed }},
		{"not-yet", "总说稍等", "Never ready", "NotYet", func(t *escl.Trouble, on bool) {
			if t.NotYet, t.RetryAfter = 0, ""; on {
				t.NotYet, t.RetryAfter = notYet, "1"
			}
		}, func(t escl.Trouble) bool { return t.NotYet > 0 }},
		{"cut", "传一半断开", "Cut mid-page", "Cut", func(t *escl.Trouble, on bool) { t.Cut = on }, func(t escl.Trouble) bool { return t.Cut }},
		{"garbage", "图像是乱码", "Garbage page", "Garbage", func(t *escl.Trouble, on bool) { t.Garbage = on }, func(t escl.Trouble) bool { return t.Garbage }},
		{"huge", "页面太大", "Page too big", "Huge", func(t *escl.Trouble, on bool) { t.Huge = on }, func(t escl.Trouble) bool { return t.Huge }},
		{"nonsense", "答非所问", "Nonsense", "Nonsense", func(t *escl.Trouble, on bool) { t.Nonsense = on }, func(t escl.Trouble) bool { return t.Nonsense }},
		{"mumbles", "状态是乱码", "Garbled state", "Mumbles", func(t *escl.Trouble, on bool) { t.Mumbles = on }, func(t escl.Trouble) bool { return t.Mumbles }},
		{"slow", "很慢", "Slow", "Hang", func(t *escl.Trouble, on bool) {
			if t.Hang = 0; on {
				t.Hang = slowScanner
			}
		}, func(t escl.Trouble) bool { return t.Hang > 0 }},
	} {
		covers := []string{"escl." + f.field}
		if f.field == "NotYet" {
			covers = append(covers, "escl.RetryAfter")
		}
		all = append(all, Fault{
			Name: "scanner-" + f.name, Of: Scanner, Words: [2]string{f.chinese, f.english}, Covers: covers,
			turn: func(_ context.Context, s *Stand, on bool) error {
				far := s.device()
				t := far.Trouble()
				f.set(&t, on)
				far.Have(t)
				return nil
			},
			on: func(s *Stand) bool { return f.is(s.device().Trouble()) },
		})
	}
	return append(all, Fault{
		Name: "scanner-unplugged", Of: Scanner, Words: [2]string{"拔掉插头", "Unplugged"}, Covers: []string{"escl.Close"},
		turn: func(ctx context.Context, s *Stand, on bool) error { return s.powerScanner(ctx, on) },
		on:   func(s *Stand) bool { return s.scannerOff() },
	})
}

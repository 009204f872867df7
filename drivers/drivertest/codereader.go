package drivertest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"bianmin/drivers"
)

// CodeRig is one code reader under test and the hand that holds codes before it.
type CodeRig struct {
	Reader drivers.CodeReader
	// Shoot holds a code before it; Start sends only its beginning, End the rest.
	Shoot      func(text string)
	Start, End func(text string)
	Nonsense   func() // something that is no code, with an end
	Unplug     func() // for good
	ASCII      bool   // it cannot write Chinese
	// Limit is the longest that a code takes.
	Limit time.Duration
}

// CodeReader runs every rule of the contract drivers.CodeReader. open is called once for each rule and closes what it opened by t.Cleanup.
func CodeReader(t *testing.T, open func(t *testing.T) CodeRig) {
	for _, rule := range []struct {
		name  string
		check func(t *testing.T, rig CodeRig)
	}{
		{"reads every code once and in order", readsCodes},
		{"reads a receipt's code", readsReceipt},
		{"gives the identifier apart", givesIdentifier},
		{"keeps what came while nobody waited long enough", keepsBegun},
		{"goes on after nonsense", goesOn},
		{"obeys its context", codeObeys},
		{"tells unplugging", codeUnplugged},
		{"closes twice", codeCloses},
	} {
		t.Run(rule.name, func(t *testing.T) { rule.check(t, open(t)) })
	}
}

func (rig CodeRig) wants(t *testing.T, want drivers.Code) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), rig.Limit)
	defer cancel()
	if got, err := rig.Reader.Scan(ctx); err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}

// nothing waits a little and fails when a code comes.
func (rig CodeRig) nothing(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
	defer cancel()
	if got, err := rig.Reader.Scan(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nothing was held before it: %d characters, %v", len(got.Text), err)
	}
}

func readsCodes(t *testing.T, rig CodeRig) {
	codes := []string{"6901234567892", "QH0301A-261122-0042-X", "https://example.invalid/?a=1&b=~%20", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}", "a", "a"}
	if !rig.ASCII {
		codes = append(codes, "高龄津贴 𠮷")
	}
	for _, code := range codes {
		rig.Shoot(code)
	}
	for _, code := range codes {
		rig.wants(t, drivers.Code{Text: code})
	}
	rig.nothing(t)
}

func readsReceipt(t *testing.T, rig CodeRig) {
	long := "BM1:" + strings.Repeat("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-./:", 8)
	rig.Shoot(long)
	rig.wants(t, drivers.Code{Text: long})
}

func givesIdentifier(t *testing.T, rig CodeRig) {
	rig.Shoot("]Q1BM1:ABC")
	rig.wants(t, drivers.Code{Text: "BM1:ABC", Symbology: "]Q1"})
}

func keepsBegun(t *testing.T, rig CodeRig) {
	rig.Start("first half, ")
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	_, err := rig.Reader.Scan(ctx)
	cancel()
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("half a code: %v", err)
	}
	rig.End("second half")
	rig.wants(t, drivers.Code{Text: "first half, second half"})
}

func goesOn(t *testing.T, rig CodeRig) {
	rig.Nonsense()
	ctx, cancel := context.WithTimeout(t.Context(), rig.Limit)
	defer cancel()
	if got, err := rig.Reader.Scan(ctx); drivers.FaultOf(err) != drivers.FaultProtocol {
		t.Errorf("nonsense: %d characters, %v", len(got.Text), err)
	}
	rig.Shoot("next")
	rig.wants(t, drivers.Code{Text: "next"})
}

func codeObeys(t *testing.T, rig CodeRig) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := rig.Reader.Scan(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := rig.Reader.Scan(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
	rig.Shoot("still here")
	rig.wants(t, drivers.Code{Text: "still here"})
}

func codeUnplugged(t *testing.T, rig CodeRig) {
	timer := time.AfterFunc(100*time.Millisecond, rig.Unplug)
	defer timer.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), rig.Limit)
	defer cancel()
	for range 2 {
		if _, err := rig.Reader.Scan(ctx); drivers.FaultOf(err) != drivers.FaultUnplugged {
			t.Errorf("unplugged: %v", err)
		}
	}
}

func codeCloses(t *testing.T, rig CodeRig) {
	for range 2 {
		if err := rig.Reader.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := rig.Reader.Scan(t.Context()); err == nil {
		t.Error("reads after its end")
	}
}

package standing_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bianmin/packaging/settings/schema"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
	"bianmin/sync/standing"
	"bianmin/sync/wire"
)

// province signs for one terminal.
type province struct {
	*sealtest.Authority
	folder string // the terminal's keys
	who    standing.Who
}

func newProvince(t testing.TB) *province {
	t.Helper()
	p := &province{Authority: sealtest.New(t), folder: filepath.Join(t.TempDir(), "keys")}
	p.who = standing.Of(p.Enrol(t, p.folder, "QH0301", "B"))
	return p
}

func (p *province) said(number int64, pairs ...string) wire.Settings {
	s := wire.Settings{
		Version: wire.Version, Kind: wire.Ruling, Environment: "demo", Terminal: "QH0301", Generation: "B", Number: number,
		Made: time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC), Values: map[string]json.RawMessage{}, Locked: []string{},
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		text, _ := json.Marshal(pairs[i+1])
		s.Values[pairs[i]] = text
	}
	return s
}

func (p *province) sign(t testing.TB, body any) wire.SignedSettings {
	t.Helper()
	content, isBytes := body.([]byte)
	if !isBytes {
		var err error
		if content, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	signature, err := seal.Sign(p.SignKey, content)
	if err != nil {
		t.Fatal(err)
	}
	return wire.SignedSettings{Answer: content, Signature: signature}
}

func (p *province) take(t testing.TB, body any) (standing.Ruling, bool, error) {
	t.Helper()
	return standing.Take(p.folder, p.who, p.sign(t, body))
}

// holds checks what a fresh reader finds.
func (p *province) holds(t testing.TB, number int64, idle string) {
	t.Helper()
	r, err := standing.Load(p.folder, p.who)
	if err != nil || r.Number != number || r.Values[schema.Idle] != idle {
		t.Fatalf("here is number %d with %q, %v; want %d with %q", r.Number, r.Values[schema.Idle], err, number, idle)
	}
}

func TestTake(t *testing.T) {
	p := newProvince(t)
	p.holds(t, 0, "")
	if r, changed, err := p.take(t, p.said(0)); err != nil || changed || r.Number != 0 {
		t.Fatalf("that nothing was set: %+v, %v, %v", r, changed, err)
	}
	said := p.said(5, schema.Idle, "120s", schema.Phone, "0989-1", "colour", "blue")
	said.Locked = []string{schema.Phone, "colour", schema.Phone, schema.Log}
	r, changed, err := p.take(t, said)
	if err != nil || !changed || r.Values[schema.Idle] != "2m" || len(r.Unknown) != 1 || r.Unknown[0] != "colour" || len(r.Locked) != 1 {
		t.Fatalf("took %+v, %v, %v", r, changed, err)
	}
	p.holds(t, 5, "2m")
	info, err := os.Stat(filepath.Join(p.folder, standing.File))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
	said.Nonce = strings.Repeat("ab", 16) // asked again: the same
	if _, changed, err := p.take(t, said); err != nil || changed {
		t.Errorf("the same again: %v, %v", changed, err)
	}
	held, err := standing.Held(p.folder, p.who)
	if err != nil || held.Number != 5 || held.Refused != 0 || len(held.Unknown) != 1 {
		t.Errorf("tells %+v, %v", held, err)
	}
}

// TestRefuses: nothing that is not a newer word of this platform for this generation changes anything.
func TestRefuses(t *testing.T) {
	p, stranger := newProvince(t), newProvince(t)
	if _, _, err := p.take(t, p.said(5, schema.Idle, "2m")); err != nil {
		t.Fatal(err)
	}
	alter := func(change func(*wire.Settings)) wire.SignedSettings {
		s := p.said(9, schema.Idle, "3m")
		change(&s)
		return p.sign(t, s)
	}
	good := p.sign(t, p.said(9, schema.Idle, "3m"))
	bent := wire.SignedSettings{Answer: bytes.Replace(good.Answer, []byte("3m"), []byte("4m"), 1), Signature: good.Signature}
	for name, c := range map[string]struct {
		signed wire.SignedSettings
		want   error
	}{
		"older":                   {alter(func(s *wire.Settings) { s.Number = 4 }), standing.ErrOlder},
		"nothing set any more":    {alter(func(s *wire.Settings) { s.Number = 0 }), standing.ErrOlder},
		"below nothing":           {alter(func(s *wire.Settings) { s.Number = -9 }), standing.ErrForm},
		"the same number twice":   {alter(func(s *wire.Settings) { s.Number = 5 }), standing.ErrTwice},
		"another terminal":        {alter(func(s *wire.Settings) { s.Terminal = "QH0302" }), standing.ErrForeign},
		"the generation before":   {alter(func(s *wire.Settings) { s.Generation = "A" }), standing.ErrForeign},
		"another environment":     {alter(func(s *wire.Settings) { s.Environment = "production" }), standing.ErrForeign},
		"another kind of answer":  {alter(func(s *wire.Settings) { s.Kind = wire.Time }), standing.ErrForm},
		"another version":         {alter(func(s *wire.Settings) { s.Version = 2 }), standing.ErrForm},
		"another platform":        {stranger.sign(t, p.said(9)), standing.ErrSignature},
		"changed on the way":      {bent, standing.ErrSignature},
		"no signature":            {wire.SignedSettings{Answer: good.Answer}, standing.ErrSignature},
		"half a signature":        {wire.SignedSettings{Answer: good.Answer, Signature: good.Signature[:32]}, standing.ErrSignature},
		"signed nonsense":         {p.sign(t, []byte("{")), standing.ErrForm},
		"signed list":             {p.sign(t, []byte("[]")), standing.ErrForm},
		"endless":                 {p.sign(t, p.said(9, "x", strings.Repeat("y", standing.Limit))), standing.ErrSignature},
		"a value out of bounds":   {alter(func(s *wire.Settings) { s.Values[schema.Idle] = []byte(`"1s"`) }), schema.ErrRange},
		"a value of no form":      {alter(func(s *wire.Settings) { s.Values[schema.Phone] = []byte(`"$(reboot)"`) }), schema.ErrForm},
		"a number where text is":  {alter(func(s *wire.Settings) { s.Values[schema.Retention] = []byte(`30`) }), schema.ErrForm},
		"null":                    {alter(func(s *wire.Settings) { s.Values[schema.Retention] = []byte(`null`) }), schema.ErrForm},
		"an object where text is": {alter(func(s *wire.Settings) { s.Values[schema.Phone] = []byte(`{"a":1}`) }), schema.ErrForm},
		"a plain mirror":          {alter(func(s *wire.Settings) { s.Values[schema.Mirror] = []byte(`"http://u.example"`) }), schema.ErrForm},
	} {
		t.Run(name, func(t *testing.T) {
			if r, changed, err := standing.Take(p.folder, p.who, c.signed); !errors.Is(err, c.want) || changed {
				t.Fatalf("%+v, %v, %v; want %v", r, changed, err, c.want)
			}
			p.holds(t, 5, "2m")
		})
	}
}

// TestRefusedIsTold: a refusal is told until something newer is taken, and one bad value refuses all.
func TestRefusedIsTold(t *testing.T) {
	p := newProvince(t)
	_, _, err := p.take(t, p.said(7, schema.Idle, "2m", schema.Warn, "1h"))
	var refusal *standing.Refusal
	if !errors.As(err, &refusal) || refusal.Number != 7 || refusal.Key != schema.Warn {
		t.Fatalf("refused with %v", err)
	}
	p.holds(t, 0, "")
	held, err := standing.Held(p.folder, p.who)
	if err != nil || held.Number != 0 || held.Refused != 7 || !strings.HasPrefix(held.Reason, "session.warn: ") {
		t.Fatalf("tells %+v, %v", held, err)
	}
	if _, _, err := p.take(t, p.said(6, schema.Idle, "2m")); err != nil { // older than what was refused, newer than what is here
		t.Fatal(err)
	}
	if held, err = standing.Held(p.folder, p.who); err != nil || held.Number != 6 || held.Refused != 7 {
		t.Errorf("tells %+v, %v", held, err)
	}
	if _, _, err := p.take(t, p.said(8, schema.Idle, "3m")); err != nil {
		t.Fatal(err)
	}
	if held, err = standing.Held(p.folder, p.who); err != nil || held.Number != 8 || held.Refused != 0 || held.Reason != "" {
		t.Errorf("tells %+v, %v", held, err)
	}
}

// TestDamage: a half, bent or foreign file on the disk is never believed, and the next word mends it.
func TestDamage(t *testing.T) {
	p := newProvince(t)
	if _, _, err := p.take(t, p.said(5, schema.Idle, "2m")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(p.folder, standing.File)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	try := func(what string, content []byte) {
		t.Helper()
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err := standing.Load(p.folder, p.who); err == nil || r.Number != 0 || r.Values != nil {
			t.Fatalf("%s: %+v, %v", what, r, err)
		}
	}
	for n := 0; n < len(whole); n += 7 {
		try("the first bytes", whole[:n])
	}
	for n := 0; n < len(whole); n += 5 {
		bent := bytes.Clone(whole)
		bent[n] ^= 1
		if bytes.EqualFold(bent, whole) { // of a field's name, which is read in either case
			continue
		}
		try("a bent bit", bent)
	}
	try("endless", bytes.Repeat([]byte(" "), standing.Limit+1))
	if r, changed, err := p.take(t, p.said(5, schema.Idle, "2m")); err != nil || !changed || r.Number != 5 {
		t.Fatalf("the same number mends it: %v, %v", changed, err)
	}
	p.holds(t, 5, "2m")
}

// TestNoRoom: a disk that takes nothing leaves what was there.
func TestNoRoom(t *testing.T) {
	p := newProvince(t)
	if _, _, err := p.take(t, p.said(5, schema.Idle, "2m")); err != nil {
		t.Fatal(err)
	}
	signed := p.sign(t, p.said(6, schema.Idle, "3m"))
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	full := before
	full.Cur = 64 // bytes of a file, then EFBIG as a full disk says ENOSPC: in the middle of a write
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full); err != nil {
		t.Fatal(err)
	}
	_, changed, err := standing.Take(p.folder, p.who, signed)
	if err2 := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err2 != nil {
		t.Fatal(err2)
	}
	if err == nil || changed {
		t.Fatalf("took on a full disk: %v", err)
	}
	p.holds(t, 5, "2m")
	left, err := filepath.Glob(filepath.Join(p.folder, ".settings*"))
	if err != nil || len(left) != 0 {
		t.Errorf("half a file is left: %v, %v", left, err)
	}
	if _, changed, err := standing.Take(p.folder, p.who, signed); err != nil || !changed {
		t.Errorf("with room again: %v, %v", changed, err)
	}
}

// TestTwoTakers: sender and technician at once leave the newest, whoever comes first.
func TestTwoTakers(t *testing.T) {
	p := newProvince(t)
	var signed []wire.SignedSettings
	for n := range 12 {
		signed = append(signed, p.sign(t, p.said(int64(n+1), schema.Retention, "30")))
	}
	var all sync.WaitGroup
	for _, s := range signed {
		all.Go(func() {
			if _, _, err := standing.Take(p.folder, p.who, s); err != nil && !errors.Is(err, standing.ErrOlder) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if r, err := standing.Load(p.folder, p.who); err != nil || r.Number != 12 {
		t.Errorf("number %d, %v", r.Number, err)
	}
}

// TestNumberOnlyRises: over any order of words, good and bad, what is here never goes back and is always one that was good.
func TestNumberOnlyRises(t *testing.T) {
	p := newProvince(t)
	rapid.Check(t, func(t *rapid.T) {
		if err := os.Remove(filepath.Join(p.folder, standing.File)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		var held int64
		for range rapid.IntRange(1, 8).Draw(t, "words") {
			said := p.said(rapid.Int64Range(0, 6).Draw(t, "number"), schema.Idle, rapid.SampledFrom([]string{"45s", "2m", "1s", "x"}).Draw(t, "idle"))
			if rapid.IntRange(0, 5).Draw(t, "foreign") == 0 {
				said.Generation = "C"
			}
			body, err := json.Marshal(said)
			if err != nil {
				t.Fatal(err)
			}
			signature, err := seal.Sign(p.SignKey, body)
			if err != nil {
				t.Fatal(err)
			}
			_, changed, err := standing.Take(p.folder, p.who, wire.SignedSettings{Answer: body, Signature: signature})
			r, loading := standing.Load(p.folder, p.who)
			if loading != nil || r.Number < held || changed != (r.Number > held) || (changed && (err != nil || r.Number != said.Number)) {
				t.Fatalf("after number %d: %d was here, %d is; %v, %v, %v", said.Number, held, r.Number, changed, err, loading)
			}
			held = r.Number
		}
	})
}

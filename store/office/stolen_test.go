package office_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/store/office"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// patternsOf are a text in every form it is kept in: UTF-8, UTF-16 as on the card, GB18030 as at the printer.
func patternsOf(t *testing.T, texts ...string) [][]byte {
	t.Helper()
	var patterns [][]byte
	for _, text := range texts {
		var wide []byte
		for _, unit := range utf16.Encode([]rune(text)) {
			wide = append(wide, byte(unit), byte(unit>>8))
		}
		gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
		must(t, err)
		patterns = append(patterns, []byte(text), wide, gb)
	}
	return patterns
}

// found lists the files under a folder that hold one of the texts.
func found(t *testing.T, folder string, texts ...string) []string {
	t.Helper()
	patterns := patternsOf(t, texts...)
	var names []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, pattern := range patterns {
			if bytes.Contains(content, pattern) {
				names = append(names, filepath.Base(filepath.Dir(path))+"/"+entry.Name())
				break
			}
		}
		return nil
	})
	must(t, err)
	return names
}

// workday does everything a day does with people's data.
func workday(t *testing.T, o *office.Office) {
	t.Helper()
	b := signOn(t, o, li, liSecret)
	long := strings.Repeat(canary, 3000)
	s, pages := submission(t, b, zhang, long)
	must(t, b.SaveDraft(t.Context(), agency.Draft{ID: "d1", Content: []byte(long), Attached: pages}))
	must(t, b.SaveDraft(t.Context(), agency.Draft{ID: "d2", Content: []byte(`{"name":"` + zhang.Name + `"}`)}))
	filed, err := b.Submit(t.Context(), s, pages, "d1")
	must(t, err)
	accept(t, o)
	add(t, b, filed.Number, casefile.Papers, casefile.Event{Papers: &casefile.PaperMove{Step: casefile.PaperReceived, Party: zhang.Name, Place: canary, Papers: []casefile.Paper{{Name: canary}}}})
	if _, err := b.Fee(t.Context(), filed.Number, casefile.FeeEntry{Name: "工本费", Fen: 1500, Payer: zhang.Name}, guide); err != nil {
		t.Fatal(err)
	}
	issue(t, b, casefile.Sheet{From: canary, To: canary, Papers: []casefile.Paper{{ID: string(filed.Number) + "/1", Name: canary}}})
	add(t, b, filed.Number, casefile.Evaluated, casefile.Event{Evaluation: &casefile.Evaluation{Level: 1, Text: canary}})
	must(t, o.Store().Take(t.Context(), "1", []casefile.Update{
		{ID: strings.Repeat("0c", 16), Case: filed.Number, Kind: casefile.PlatformReturned, At: morning, Notice: &casefile.Notice{Points: []casefile.NoticePoint{{ID: "1", Text: canary}}}},
		{ID: strings.Repeat("0d", 16), Kind: casefile.PlatformAppointed, At: morning, Appointment: &casefile.Appointment{ID: "v1", Date: "2026-11-23", Name: zhang.Name, Address: canary, State: "set"}},
	}))
	must(t, b.Audit(t.Context(), "search", zhang.Number))
	if _, err := b.CloseDay(t.Context(), "2026-11-23", 1, canary, nil, nil); err != nil {
		t.Fatal(err)
	}
	must(t, b.HandOver(t.Context(), []casefile.Number{submit(t, b, zhang).Number}, wang))
	if _, err := o.RecoveryRequest(t.Context(), li); err != nil {
		t.Fatal(err)
	}
	must(t, b.KeepList(t.Context()))
	if page, err := b.List(t.Context(), agency.Query{Text: zhang.Number}); err != nil || page.Total != 1 {
		t.Fatalf("%+v, %v", page, err)
	}
}

// TestStolenDisk has every file and key of the PC, and not the secret.
func TestStolenDisk(t *testing.T) {
	words := []string{canary, zhang.Name, zhang.Number, liSecret}
	t.Run("sealed", func(t *testing.T) {
		p := newPoint(t)
		o := p.active(t)
		workday(t, o)
		if names := found(t, p.folder, words...); len(names) > 0 {
			t.Errorf("while open: %v", names)
		}
		must(t, o.Close())
		stolen := copyFolder(t, p.folder)
		if kept, err := os.Stat(listFile(t, stolen)); err != nil || kept.Size() < 100 {
			t.Errorf("no kept list to steal: %v, %v", kept, err)
		}
		if names := found(t, stolen, words...); len(names) > 0 {
			t.Errorf("on the disk: %v", names)
		}
		o, err := office.Open(t.Context(), office.Options{Folder: stolen, Clock: p.clock.read})
		must(t, err)
		t.Cleanup(func() { _ = o.Close() })
		for _, guess := range []string{"", "123456", "correct horse battery staple", "春天 柳树 水井 石头"} {
			if _, err := o.SignOn(t.Context(), li, guess); !errors.Is(err, agency.ErrSecret) {
				t.Errorf("%q: %v", guess, err)
			}
		}
		tryEveryKey(t, o)
	})
	t.Run("sealing switched off", func(t *testing.T) {
		p := newPoint(t)
		o := p.active(t, func(o *office.Options) { o.Unsealed = true })
		workday(t, o)
		database, page, list := false, false, false
		for _, name := range found(t, p.folder, canary, zhang.Name, zhang.Number) {
			database = database || strings.HasPrefix(filepath.Base(name), "bianmin.db")
			page = page || filepath.Dir(name) == "tmp"
			list = list || filepath.Dir(name) == "lists"
		}
		if !database || !page || !list {
			t.Errorf("the test is blind: database %v, page %v, list %v", database, page, list)
		}
	})
	t.Run("refused in production", func(t *testing.T) {
		p := newPoint(t)
		sealtest.NewIn(t, "production").Enrol(t, filepath.Join(p.folder, "keys"), "QH0301", "A")
		wantCode(t, p.open(t, func(o *office.Options) { o.Unsealed = true }).Ready(t.Context()), casefile.Internal)
	})
}

// tryEveryKey turns every private key of the disk on everything that a private key of somebody opens.
func tryEveryKey(t *testing.T, o *office.Office) {
	t.Helper()
	self := o.Identity()
	keys, err := o.Store().AgentKeys(t.Context())
	must(t, err)
	cases, err := o.Store().AllCases(t.Context())
	must(t, err)
	if len(keys) != 2 || len(cases) < 4 {
		t.Fatalf("%d accounts, %d cases: nothing to steal", len(keys), len(cases))
	}
	recovery, err := o.Store().Recovery(t.Context(), li)
	must(t, err)
	fresh, err := seal.UnwrapKeyWith(recovery, self.Keys.Encrypt) // a thief has this one; it is worth nothing without the custodians' answer
	must(t, err)
	for name, key := range map[string]*seal.Keys{"sign": {Sign: self.Keys.Sign}, "encrypt": {Sign: self.Keys.Encrypt}, "fresh": {Sign: fresh}} {
		for _, k := range keys {
			if _, err := seal.OpenWith(k.Book, key.Sign, "book "+k.Account); err == nil {
				t.Errorf("%s opens a book", name)
			}
			if _, err := seal.UnwrapKeyWith(k.ByRecovery, key.Sign); err == nil {
				t.Errorf("%s opens an account's key", name)
			}
		}
		for _, c := range cases {
			for _, e := range c.Events {
				if _, err := seal.OpenWith(e.Detail, key.Sign, "detail "+string(c.Number)); err == nil {
					t.Errorf("%s opens an event", name)
				}
			}
		}
	}
	for _, k := range keys {
		if k.Wrap != store.WrapSecret {
			t.Errorf("wrap %q", k.Wrap)
		}
	}
}

// space is a way people make secrets: how many there are of the shortest that is allowed.
type space struct {
	name   string
	choice []string // equally likely parts
	parts  int      // of the shortest secret that CheckSecret allows
	join   string
}

// leastParts finds how many parts the shortest allowed secret of a kind has.
func leastParts(s space, random *rand.Rand) int {
	for n := 1; n <= 24; n++ {
		for range 200 {
			parts := make([]string, n)
			for i := range parts {
				parts[i] = s.choice[random.IntN(len(s.choice))]
			}
			if agency.CheckSecret(strings.Join(parts, s.join), agency.Account{ID: li, Name: "李会计"}) == nil {
				return n
			}
		}
	}
	return math.MaxInt
}

// TestGuessingCost: the work of trying the smallest space of secrets that is allowed, at the cost measured here.
func TestGuessingCost(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	digits, letters, syllables, han := []string{}, []string{}, []string{}, []string{}
	for i := range 10 {
		digits = append(digits, fmt.Sprint(i))
	}
	for r := 'a'; r <= 'z'; r++ {
		letters = append(letters, string(r))
	}
	for i := range 400 { // pinyin has about 400 syllables; the short ones are the few that matter
		syllables = append(syllables, string(rune('a'+i%26))+string(rune('a'+i/26)))
	}
	words := []string{} // of the thousand commonest: any two characters, any three letters
	for i := range 1000 {
		words = append(words, string(rune(0x4e00+i*7))+string(rune(0x5f00+i*5)))
	}
	for i := range 500 {
		han = append(han, string(rune(0x4e00+i*13)))
	}
	cost := coreSeconds(seal.SecretCost())
	const year, least = 365.25 * 24 * 3600, 10.0
	smallest := math.Inf(1)
	for _, s := range []space{
		{name: "digits", choice: digits},
		{name: "digits set apart", choice: digits, join: " "},
		{name: "letters", choice: letters},
		{name: "syllables", choice: syllables},
		{name: "syllables set apart", choice: syllables, join: " "},
		{name: "words of the thousand commonest", choice: words, join: " "},
		{name: "common characters", choice: han},
		{name: "characters set apart", choice: han, join: " "},
	} {
		s.parts = leastParts(s, random)
		count := math.Pow(float64(len(s.choice)), float64(s.parts))
		years := count * cost / year
		t.Logf("%-34s %d parts of %4d: %8.2g secrets, %8.3g core-years", s.name, s.parts, len(s.choice), count, years)
		smallest = min(smallest, years)
	}
	t.Logf("one guess costs %.2f core-seconds; the smallest space costs %.3g core-years", cost, smallest)
	if smallest < least {
		t.Errorf("the smallest space costs %.3g core-years, less than %v", smallest, least)
	}
}

// coreSeconds is the processor time of one guess.
func coreSeconds(cost seal.Cost) float64 {
	used := func() time.Duration {
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := used()
	seal.DeriveSecretKey("春天 柳树 水井 石桥", []byte("0123456789abcdef"), make([]byte, 32), cost)
	return (used() - before).Seconds()
}

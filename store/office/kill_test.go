package office_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/store/office"
	"bianmin/sync/packet"
	"bianmin/sync/seal/sealtest"
)

// rounds is how often a long test goes round: n by default, long with BIANMIN_LONG, or what BIANMIN_N says.
func rounds(t testing.TB, n, long int) int {
	t.Helper()
	if os.Getenv("BIANMIN_LONG") != "" {
		n = long
	}
	if text := os.Getenv("BIANMIN_N"); text != "" {
		given, err := strconv.Atoi(text)
		must(t, err)
		n = given
	}
	return n
}

// seeded gives a fresh random source and prints its seed, or the one of BIANMIN_SEED.
func seeded(t testing.TB) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("BIANMIN_SEED"); text != "" {
		given, err := strconv.ParseUint(text, 10, 64)
		must(t, err)
		seed = given
	}
	t.Logf("BIANMIN_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// realPoint is a desk on the machine's own clocks, told the time by the platform.
func realPoint(t *testing.T) (string, *sealtest.Authority) {
	t.Helper()
	folder, authority := t.TempDir(), sealtest.New(t)
	authority.Enrol(t, filepath.Join(folder, "keys"), "QH0301", "A")
	writeAgents(t, folder)
	s, err := store.Open(t.Context(), store.Options{Folder: folder, Clock: store.SystemClock})
	must(t, err)
	must(t, errors.Join(s.SetPlatformTime(t.Context(), time.Now()), s.Close()))
	return folder, authority
}

func startChild(t *testing.T, folder, seen, at string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	var output bytes.Buffer
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+folder+" "+seen+" "+at)
	cmd.Stdout, cmd.Stderr = &output, &output
	must(t, cmd.Start())
	return cmd, &output
}

func wasKilled(err error) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// TestKilledAtEveryCommitPoint kills one desk again and again, so that each life begins with what the one before left.
func TestKilledAtEveryCommitPoint(t *testing.T) {
	random := seeded(t)
	folder, authority := realPoint(t)
	seen := filepath.Join(t.TempDir(), "world")
	for range rounds(t, 1, 20) {
		for _, point := range points {
			most := 1
			switch point {
			case store.PointDeskBefore, store.PointDeskAfter:
				most = 20 // every kind of the desk's transactions
			case store.PointAckBefore, store.PointAckAfter:
				most = 8
			}
			at := fmt.Sprintf("%s:%d", point, 1+random.IntN(most))
			cmd, output := startChild(t, folder, seen, at)
			if err := cmd.Wait(); !wasKilled(err) {
				t.Fatalf("%s: %v: %s", at, err, output)
			}
			checkBooks(t, at, folder, seen, authority)
		}
	}
}

// TestKilledAtEveryTransaction kills at each of the first transactions of a day in turn.
func TestKilledAtEveryTransaction(t *testing.T) {
	folder, authority := realPoint(t)
	seen := filepath.Join(t.TempDir(), "world")
	for count := 1; count <= rounds(t, 9, 30); count++ {
		at := fmt.Sprintf("%s:%d", []string{store.PointDeskBefore, store.PointDeskAfter}[count%2], count)
		cmd, output := startChild(t, folder, seen, at)
		if err := cmd.Wait(); !wasKilled(err) {
			t.Fatalf("%s: %v: %s", at, err, output)
		}
		checkBooks(t, at, folder, seen, authority)
	}
}

// TestKilledAtAnyMoment kills at moments nobody chose.
func TestKilledAtAnyMoment(t *testing.T) {
	random := seeded(t)
	folder, authority := realPoint(t)
	seen := filepath.Join(t.TempDir(), "world")
	for range rounds(t, 6, 100) {
		cmd, output := startChild(t, folder, seen, "never:0")
		wait := time.Duration(50+random.IntN(400)) * time.Millisecond
		timer := time.NewTimer(wait)
		<-timer.C
		must(t, cmd.Process.Kill())
		if err := cmd.Wait(); !wasKilled(err) {
			t.Fatalf("after %v: %v: %s", wait, err, output)
		}
		checkBooks(t, wait.String(), folder, seen, authority)
	}
}

// books is what both accounts read after a restart.
type books struct {
	cases  map[casefile.Number]agency.CaseFile
	owner  map[casefile.Number]string
	drafts map[string]bool
	fees   map[string]agency.FeeLine // by receipt
	papers map[string]agency.PaperLine
	sheets map[casefile.Number]agency.SheetLine // those a book lists
	states map[casefile.Number]string           // of all sheets: a long life has more than a book lists
}

// listedSheets is how many a book lists.
const listedSheets = 200

// checkBooks opens the desk anew, as both accounts, and holds it against the rules and what the world saw.
func checkBooks(t *testing.T, at, folder, seen string, authority *sealtest.Authority) {
	t.Helper()
	o, err := office.Open(t.Context(), office.Options{Folder: folder, SecretCost: cheap, CardCost: cheap, MinFree: 1})
	must(t, err)
	defer func() { _ = o.Close() }()
	if err := o.Ready(t.Context()); err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	b := readBooks(t, at, o)
	checkLedger(t, at, b)
	checkCustody(t, at, b)
	checkWorld(t, at, seen, b)
	checkPackets(t, at, o.Store(), b, authority)
	if _, err := o.Store().VerifyAudit(t.Context()); err != nil {
		t.Errorf("%s: %v", at, err)
	}
}

func readBooks(t *testing.T, at string, o *office.Office) books {
	t.Helper()
	all := books{
		cases: map[casefile.Number]agency.CaseFile{}, owner: map[casefile.Number]string{}, drafts: map[string]bool{},
		fees: map[string]agency.FeeLine{}, papers: map[string]agency.PaperLine{},
		sheets: map[casefile.Number]agency.SheetLine{}, states: map[casefile.Number]string{},
	}
	for account, secret := range map[string]string{li: liSecret, wang: wangSecret} {
		b, err := o.SignOn(t.Context(), account, secret)
		if errors.Is(err, agency.ErrNotActive) {
			continue // killed before its keys were kept
		}
		if err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		page, err := b.List(t.Context(), agency.Query{})
		must(t, err)
		for _, line := range page.Lines {
			if all.cases[line.Number], err = b.Case(t.Context(), line.Number); err != nil {
				t.Fatalf("%s: %s: %v", at, line.Number, err)
			}
			all.owner[line.Number] = account
		}
		drafts, err := b.Drafts(t.Context())
		must(t, err)
		for _, d := range drafts {
			all.drafts[d.ID] = true
			if len(d.Attached) != 1 {
				t.Errorf("%s: draft %s lost its page", at, d.ID)
			}
		}
		days, err := b.Days(t.Context())
		must(t, err)
		for _, day := range days {
			lines, err := b.Fees(t.Context(), day.Date)
			must(t, err)
			for _, l := range lines {
				if _, twice := all.fees[l.Receipt]; twice {
					t.Errorf("%s: receipt %s twice", at, l.Receipt)
				}
				all.fees[l.Receipt] = l
			}
		}
		papers, err := b.Custody(t.Context())
		must(t, err)
		for _, p := range papers {
			all.papers[p.ID] = p
		}
		sheets, err := b.Sheets(t.Context())
		must(t, err)
		for _, line := range sheets {
			all.sheets[line.Number] = line
		}
		rows, err := o.Store().Sheets(t.Context(), account, 1<<20)
		must(t, err)
		for _, row := range rows {
			all.states[row.Number] = row.State
		}
		if len(sheets) != min(len(rows), listedSheets) {
			t.Errorf("%s: %d of %d sheets are listed", at, len(sheets), len(rows))
		}
		must(t, b.Close())
	}
	return all
}

// checkLedger: receipts from 1 without gaps, and ledger and cases say the same.
func checkLedger(t *testing.T, at string, b books) {
	t.Helper()
	inCases := 0
	for number, file := range b.cases {
		for _, fee := range file.Fees {
			inCases++
			if l, known := b.fees[fee.Receipt]; !known || l.Fen != fee.Fen || l.Case != number {
				t.Errorf("%s: the case %s has receipt %s, the ledger has %+v", at, number, fee.Receipt, l)
			}
		}
	}
	if inCases != len(b.fees) {
		t.Errorf("%s: %d entries in cases, %d in the ledger", at, inCases, len(b.fees))
	}
	for serial := 1; serial <= len(b.fees); serial++ {
		if _, there := b.fees[agency.ReceiptNumber("QH0301", "A", int64(serial))]; !there {
			t.Errorf("%s: receipt %d is missing of %d", at, serial, len(b.fees))
		}
	}
}

// checkCustody: rows and cases say the same of every original.
func checkCustody(t *testing.T, at string, b books) {
	t.Helper()
	inCases := 0
	for number, file := range b.cases {
		for _, held := range file.Custody.Held {
			inCases++
			if row, known := b.papers[held.ID]; !known || row.Step != held.Step || row.Sheet != held.Sheet || row.Case != number {
				t.Errorf("%s: %s is %q in the case, %q in custody", at, held.ID, held.Step, row.Step)
			}
		}
	}
	if inCases != len(b.papers) {
		t.Errorf("%s: %d originals in cases, %d in custody", at, inCases, len(b.papers))
	}
}

// checkWorld holds what the world saw against the books.
func checkWorld(t *testing.T, at, seen string, b books) {
	t.Helper()
	world, err := os.ReadFile(seen)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	filed, sent := map[string]bool{}, map[string]string{}
	lines := strings.Split(strings.TrimSpace(string(world)), "\n")
	for _, line := range lines {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case words[0] == "filed":
			filed[words[3]] = true
			if _, there := b.cases[casefile.Number(words[1])]; !there || b.drafts[words[3]] {
				t.Errorf("%s: %s: there %v, its draft %v", at, words[1], there, b.drafts[words[3]])
			}
		case words[0] == "receipt":
			if l := b.fees[words[1]]; string(l.Case) != words[2] || strconv.FormatInt(l.Fen, 10) != words[3] {
				t.Errorf("%s: the world holds %q, the ledger %+v", at, line, l)
			}
		case words[0] == "paper":
			step := b.papers[words[1]].Step
			if string(step) != words[2] && step != casefile.PaperHandedOn {
				t.Errorf("%s: the world saw %q, custody says %q", at, line, step)
			}
		case words[0] == "sheet":
			state, there := b.states[casefile.Number(words[1])]
			if !there || state != words[3] && words[3] != "prepared" {
				t.Errorf("%s: the world holds %q, the books say %q", at, words, state)
			}
			if line, listed := b.sheets[casefile.Number(words[1])]; listed && (line.Sheet.Papers[0].ID != words[2] || string(line.State) != state) {
				t.Errorf("%s: the world holds %q, the list says %q of %v", at, words, line.State, line.Sheet.Papers)
			}
		case words[0] == "handed":
			if b.owner[casefile.Number(words[1])] != wang {
				t.Errorf("%s: %s was handed over and is %q's", at, words[1], b.owner[casefile.Number(words[1])])
			}
		case words[0] == "sent":
			key, value := words[1]+" "+words[3], words[2]+" "+words[4]
			if before, known := sent[key]; known && before != value {
				t.Errorf("%s: %s came to the platform twice, as %s and as %s", at, key, before, value)
			}
			sent[key] = value
		}
	}
	// A draft that the world saw saved is either there or became a case whose receipt may not have come out yet.
	lost := 0
	for _, line := range lines {
		if words := strings.Fields(line); len(words) == 2 && words[0] == "saved" && !b.drafts[words[1]] && !filed[words[1]] {
			lost++
		}
	}
	if unseen := len(b.cases) - len(filed); lost > unseen {
		t.Errorf("%s: %d drafts are gone, only %d cases were filed unseen", at, lost, unseen)
	}
}

// checkPackets opens every packet as the platform would: each event of each case once, in order.
func checkPackets(t *testing.T, at string, s *store.Store, b books, authority *sealtest.Authority) {
	t.Helper()
	opener := packet.Opener{Certificate: authority.Encrypt, Key: authority.EncryptKey, Root: authority.Root}
	ids, err := s.Packets(t.Context())
	must(t, err)
	next := map[casefile.Number]int{}
	submitted, issued := 0, map[casefile.Number]*casefile.Sheet{}
	for _, id := range ids {
		reader, err := s.OpenPacket(t.Context(), id)
		must(t, err)
		head := make([]byte, reader.HeadLength())
		_, err = reader.ReadAt(head, 0)
		must(t, err)
		must(t, reader.Close())
		opened, err := opener.Open(head)
		if err != nil {
			t.Fatalf("%s: packet %s: %v", at, id, err)
		}
		e := opened.Event
		if next[e.Case]++; e.Sequence != next[e.Case] {
			t.Errorf("%s: %s: event %d comes as number %d", at, e.Case, e.Sequence, next[e.Case])
		}
		if e.Actor != "agent:"+li {
			t.Errorf("%s: %s did %s", at, e.Actor, e.Kind)
		}
		switch e.Kind {
		case casefile.Submitted:
			submitted++
		case casefile.SheetIssued:
			issued[e.Case] = e.Sheet
		}
	}
	for number, state := range b.states {
		if (state == string(agency.SheetIssued)) != (issued[number] != nil) {
			t.Errorf("%s: sheet %s is %s, went up %v", at, number, state, issued[number] != nil)
		}
	}
	if len(issued) > len(b.states) {
		t.Errorf("%s: %d sheets went up, %d are known", at, len(issued), len(b.states))
	}
	if submitted != len(b.cases) {
		t.Errorf("%s: %d cases went up, %d are in the books", at, submitted, len(b.cases))
	}
}

package rig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/ui/play"
)

// canaryCard is an invented person whose words stand nowhere else.
const canaryCard = `name: 诸葛秋澜
sex: "2"
nation: "01"
birth: "19510203"
address: 青禾县白杨镇柳树沟村金丝雀胡同九十七号
number: "%NUMBER%"
issuer: 青禾县公安局
from: "20150101"
to: 长期
about: the canary
`

const (
	canaryNumber = "990301195102030046"
	canaryPhone  = "13991827364"
)

var canaries = []Canary{
	{Name: "name", Text: "诸葛秋澜"},
	{Name: "ID number", Text: canaryNumber},
	{Name: "address", Text: "柳树沟村金丝雀胡同九十七号"},
	{Name: "phone", Text: canaryPhone},
}

// canaryJourney is the pension journey with the canary's card and phone.
func canaryJourney(t *testing.T, dir string) *play.Journey {
	t.Helper()
	card := writeCanaryCard(t, dir)
	text, err := os.ReadFile(filepath.Join(root(t), "kiosk/testdata/journeys/pension.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer("card place 3", "card place "+card, `"138053127"`, `"`+canaryPhone[:9]+`"`, `"64"`, `"`+canaryPhone[9:]+`"`).Replace(string(text))
	journey, err := play.ParseJourney(strings.NewReader(changed))
	if err != nil {
		t.Fatal(err)
	}
	return journey
}

// afterSession plays a whole session on the real window, until the kiosk waits
// for the next person, and then looks for the canaries: in the memory of kiosk
// and sender, and in every file the terminal has (store, WAL, attachments, temp, logs).
func afterSession(t *testing.T, flags ...string) (memory, files []Hit) {
	t.Helper()
	outside := t.TempDir() // the card is not the terminal's
	r := started(t, Options{Bin: shipped(t)})
	display, err := OpenDisplay(t.Context(), 1080, 1920)
	if err != nil {
		t.Fatal(err)
	}
	defer display.Close()
	if err := r.StartSender(); err != nil {
		t.Fatal(err)
	}
	probe := filepath.Join(outside, "probe.sock")
	kiosk, err := r.StartKiosk(append(display.Env(), "TMPDIR="+r.path("terminal")), append([]string{"-probe", probe}, flags...)...)
	if err != nil {
		t.Fatal(err)
	}
	defer kiosk.Stop()
	hand, err := play.OpenHand(display.Name)
	if err != nil {
		t.Fatal(err)
	}
	defer hand.Close()
	_, err = play.Play(t.Context(), play.Options{
		Journey: canaryJourney(t, outside), Probe: probe, Hand: hand, Bench: r.Stand.Socket(), Shots: outside, Now: time.Now,
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, kiosk.Tail(20))
	}
	if _, err := r.CheckReceipts(t.Context(), outside); err != nil {
		t.Fatalf("the session filed nothing: %v", err)
	}
	for _, p := range []*Program{kiosk, r.Sender} {
		hits, err := SearchMemory(canaries, p.PID())
		if err != nil {
			t.Fatal(err)
		}
		memory = append(memory, hits...)
	}
	files, err = SearchFiles(canaries, r.path("terminal"), r.path("logs"), r.path("scanner"))
	if err != nil {
		t.Fatal(err)
	}
	return memory, files
}

// TestNothingOfThePersonRemains is the canary test: after a session no text of
// the person is in any memory or file of ours.
func TestNothingOfThePersonRemains(t *testing.T) {
	t.Parallel()
	memory, files := afterSession(t)
	for _, hit := range append(memory, files...) {
		t.Errorf("after the session: %s", hit)
	}
}

// TestCanaryIsSeenWithoutPrivacy proves that the test above can fail: with the
// process not replaced the memory still holds the person, with sealing off the disk does.
func TestCanaryIsSeenWithoutPrivacy(t *testing.T) {
	t.Parallel()
	memory, files := afterSession(t, "-without-privacy")
	if len(memory) == 0 {
		t.Error("the process was not replaced, but its memory shows no canary: the search sees nothing")
	}
	if len(files) == 0 {
		t.Error("sealing was off, but no file shows a canary: the search sees nothing")
	}
}

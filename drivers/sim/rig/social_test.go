//go:build pcsc

package rig

import (
	"bytes"
	"testing"
	"time"
)

// TestSocialCardWindow files a case with a social-security card on the kiosk's real window, through the real PC/SC service: a bank's card is refused in words, a card
// that is pulled too early is asked for again, and the platform opens what the card says and where it comes from.
func TestSocialCardWindow(t *testing.T) {
	r := started(t, Options{Bin: shipped(t), Social: true})
	if err := r.StartSender(); err != nil {
		t.Fatal(err)
	}
	r.playKiosk(t, "social-card.yaml", nil)
	for begun := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		content, cases, err := r.Cases(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(cases) == 1 && cases[0].Arrived() {
			for _, said := range []string{"社会保险参保证明打印", "王秀兰", "990301194803150249", `"social-card"`} {
				if !bytes.Contains(content, []byte(said)) {
					t.Errorf("the platform's case has no %q", said)
				}
			}
			return
		}
		if time.Since(begun) > 30*time.Second {
			t.Fatalf("%d cases at the platform: %s", len(cases), content)
		}
	}
}

//go:build pcsc

package device_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"bianmin/drivers/sim/social"
)

// TestSocialCommands: every command for a chip card reader, through the real PC/SC service with Debian's virtual reader.
func TestSocialCommands(t *testing.T) {
	const link = "pcsc:Virtual PCD 00 00"
	fails := func(want string, arguments ...string) {
		t.Helper()
		out, err := run(t, arguments...)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", arguments, err, want)
		}
		if strings.Contains(out, "990301194803150249") {
			t.Errorf("%v tells a number beside an error", arguments)
		}
	}
	fails("apt-get install pcscd", "status", "--link", link, "--role", "social", "--json")
	fails("say pcsc:, pcsc:NAME", "status", "--link", "serial:/dev/null", "--role", "social")
	if out, err := run(t, "list", "--json"); err != nil || strings.Contains(out, "pcsc") {
		t.Errorf("list without the service: %v", err)
	}
	service, err := social.StartService(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(service.Stop)
	for _, command := range []string{"list", "probe"} {
		var told struct {
			Devices []struct{ Kind, Link, Role string }
		}
		for begun := time.Now(); len(told.Devices) == 0 && time.Since(begun) < 20*time.Second; time.Sleep(50 * time.Millisecond) {
			out, err := run(t, command, "--json")
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(out), &told); err != nil {
				t.Fatal(err)
			}
			chips := told.Devices[:0]
			for _, d := range told.Devices {
				if d.Kind == "pcsc" {
					chips = append(chips, d)
				}
			}
			told.Devices = chips
		}
		if len(told.Devices) != 2 || told.Devices[0].Link != link || told.Devices[0].Role != "social" {
			t.Errorf("%s tells of %+v", command, told.Devices)
		}
	}
	if out, err := run(t, "status", "--link", link, "--role", "social", "--json"); err != nil || !strings.Contains(out, `"condition": "online"`) {
		t.Errorf("status: %s, %v", out, err)
	}
	fails("name the one you mean", "card", "--link", "pcsc:", "--timeout", "2s")
	fails("no such chip card reader", "card", "--link", "pcsc:another", "--timeout", "2s")
	fails("no card was put in", "card", "--link", link, "--timeout", "500ms", "--json")
	ctx, pull := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- social.New().Insert(ctx, social.Virtual) }()
	for _, arguments := range [][]string{{"card", "--link", link, "--json"}, {"social", "--reader", "Virtual PCD 00 00", "--json"}} {
		var card toldCard
		if out, err := run(t, arguments...); err != nil || strings.Contains(out, "王秀兰") || strings.Contains(out, "990301194803150249") || !strings.Contains(out, `"masked": true`) {
			t.Errorf("%v shows a person unasked, or nothing: %v", arguments, err)
		}
		out, err := run(t, append(arguments, "--full")...)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(out), &card); err != nil || card.Number != "QH1234567" || card.Holder.Name != "王秀兰" || card.Holder.Number != "990301194803150249" {
			t.Errorf("%v tells another card, %v", arguments, err)
		}
	}
	pull()
	if err := <-done; err != nil {
		t.Error(err)
	}
	other := social.New()
	other.Bank = true
	ctx, pull = context.WithCancel(t.Context())
	defer pull()
	go func() { done <- other.Insert(ctx, social.Virtual) }()
	fails("no social-security card, or lies the wrong way round", "card", "--link", link)
	pull()
	<-done
}

type toldCard struct {
	Number string
	Holder struct{ Name, Number string }
}

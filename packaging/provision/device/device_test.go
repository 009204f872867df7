package device_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/photo"
	"bianmin/drivers/sim"
	"bianmin/drivers/sim/reader"
	"bianmin/packaging/provision/device"
)

func TestMain(m *testing.M) {
	photo.Launch()
	goleak.VerifyTestMain(m)
}

func plugIn(t *testing.T) (*reader.Device, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "reader")
	r, err := reader.Start(context.Background(), path, reader.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r, "serial:" + path
}

func run(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	command := device.Command()
	var out, errs bytes.Buffer
	command.SetOut(&out)
	command.SetErr(&errs)
	command.SetArgs(args)
	command.SilenceErrors = true
	err = command.ExecuteContext(t.Context())
	return out.String(), err
}

func TestCardJSON(t *testing.T) {
	r, link := plugIn(t)
	for _, which := range []string{"3", "5", "7", "8", "9", write(t, foreigner2017)} {
		card, err := sim.LoadCard(which)
		if err != nil {
			t.Fatal(err)
		}
		r.Place(card)
		out, err := run(t, "card", "--link", link, "--json", "--full")
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Kind, Name, Number, Address, NewAddress, TextBlockHex string
			Sex                                                   struct{ Code, Zh string }
			PrivateUse, Doubts                                    []string
			LongTerm, ReadTwice                                   bool
			ChineseName, Country, PassNumber, SecurityModule      string
			Nation                                                *struct{ Code string }
			Photo                                                 struct {
				Bytes, Width, Height int
				Problem              string
			}
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatalf("%v in\n%s", err, out)
		}
		block, err := card.Block()
		if err != nil {
			t.Fatal(err)
		}
		name, chinese := card.Name, ""
		if card.Latin != "" {
			name, chinese = card.Latin, card.Name
		}
		if got.ChineseName != chinese || got.Country != card.Country || got.PassNumber != card.PassNo || (got.Nation != nil) != (card.Nation != "") {
			t.Errorf("card %s: printed %+v", which, got)
		}
		if got.SecurityModule != "05.01-20261122-0000000042-1" || got.Photo.Bytes != 1024 || got.Photo.Width != 0 || !strings.Contains(got.Photo.Problem, "no decoder") {
			t.Errorf("card %s: printed %+v", which, got)
		}
		if got.Name != name || got.Number != card.Number || got.Address != card.Address || got.NewAddress != card.Moved || got.Sex.Code != card.Sex {
			t.Errorf("card %s: printed %+v", which, got)
		}
		if got.TextBlockHex != hex.EncodeToString(block[:]) || len(got.Doubts) != 0 || !got.ReadTwice {
			t.Errorf("card %s: printed %+v", which, got)
		}
		if private := strings.ContainsRune(card.Name, '\uE188'); private != (len(got.PrivateUse) == 1) {
			t.Errorf("card %s: private-use characters %v", which, got.PrivateUse)
		}
	}
}

// foreigner2017 is a card of the layout of 2017 with a Chinese name beside the Latin one.
const foreigner2017 = `
kind: "I"
name: "马尔塔"
latin: "EXAMPLE, MARTA ALEXANDRA CONSTANTINA"
sex: "2"
country: "DEU"
birth: "19850430"
number: "DEU310085043014"
from: "20170701"
to: "20270701"
`

// TestCardAtItsSpeed: with --baud 0 the reader's speed is found out; where none answers, it says so.
func TestCardAtItsSpeed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "reader")
	r, err := reader.Start(context.Background(), path, reader.Options{Speed: 19200})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	card, err := sim.LoadCard("1")
	if err != nil {
		t.Fatal(err)
	}
	r.Place(card)
	if out, err := run(t, "card", "--link", "serial:"+path, "--baud", "0", "--json", "--full", "--fingerprints"); err != nil || !strings.Contains(out, card.Number) || !strings.Contains(out, `"fingerprints": 0`) {
		t.Errorf("card = %v\n%s", err, out)
	}
	if _, err := run(t, "status", "--role", "reader", "--link", "serial:"+path, "--baud", "0"); err != nil {
		t.Errorf("status = %v", err)
	}
	if _, err := run(t, "card", "--link", "serial:"+path); err == nil || !strings.Contains(err.Error(), "speed") {
		t.Errorf("at another speed: %v", err)
	}
	r.Silence(true)
	if _, err := run(t, "card", "--link", "serial:"+path, "--baud", "0"); err == nil || !strings.Contains(err.Error(), "at any speed") {
		t.Errorf("silent: %v", err)
	}
	if out, err := run(t, "status", "--role", "reader", "--link", "serial:"+path, "--baud", "0", "--json"); err == nil || !strings.Contains(out, `"silent"`) {
		t.Errorf("silent: %v, %s", err, out)
	}
}

// TestPhotoIsDecoded: a decoder's picture is measured and thrown away; what goes wrong is said and the card is printed all the same.
func TestPhotoIsDecoded(t *testing.T) {
	r, link := plugIn(t)
	decoder := filepath.Join(t.TempDir(), "decoder")
	script := "#!/bin/sh\nhead -c 1024 >/dev/null\nprintf 'BM\\316\\227\\0\\0\\0\\0\\0\\0\\066\\0\\0\\0\\050\\0\\0\\0\\146\\0\\0\\0\\176\\0\\0\\0\\1\\0\\030\\0'\nhead -c 38832 /dev/zero\n"
	if err := os.WriteFile(decoder, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ program, want string }{
		{decoder, `"width": 102`}, {"/bin/false", "exit status 1"}, {filepath.Join(t.TempDir(), "none"), "cannot be started"},
	} {
		card, err := sim.LoadCard("1")
		if err != nil {
			t.Fatal(err)
		}
		r.Place(card)
		out, err := run(t, "card", "--link", link, "--json", "--full", "--photo-decoder", c.program)
		if err != nil || !strings.Contains(out, c.want) || !strings.Contains(out, card.Number) {
			t.Errorf("%s: %v\n%s", c.program, err, out)
		}
	}
}

func TestCardInWords(t *testing.T) {
	r, link := plugIn(t)
	card, err := sim.LoadCard("6")
	if err != nil {
		t.Fatal(err)
	}
	r.Place(card)
	out, err := run(t, "card", "--link", link, "--full")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"赵小军", "男 male (1)", "汉族 Han (01)", card.Number, "已过期", "000000f0"} {
		if !strings.Contains(out, part) {
			t.Errorf("%q is missing in\n%s", part, out)
		}
	}
}

// TestCardPlacedLate: the command waits for the card, also after one that was pulled too soon.
func TestCardPlacedLate(t *testing.T) {
	r, link := plugIn(t)
	card, err := sim.LoadCard("1")
	if err != nil {
		t.Fatal(err)
	}
	r.PullMidRead()
	hand := make(chan struct{})
	go func() {
		defer close(hand)
		time.Sleep(300 * time.Millisecond)
		r.Place(card)
		for r.Asked(reader.Read) == 0 {
			time.Sleep(10 * time.Millisecond)
		}
		r.Place(card)
	}()
	out, err := run(t, "card", "--link", link, "--json", "--full")
	<-hand
	if err != nil || !strings.Contains(out, card.Number) {
		t.Errorf("card = %v\n%s", err, out)
	}
}

func TestCardFailures(t *testing.T) {
	r, link := plugIn(t)
	if out, err := run(t, "card", "--link", link, "--timeout", "500ms", "--json"); err == nil || !strings.Contains(err.Error(), "no card was placed") || !strings.Contains(out, `"fault": "no-card"`) {
		t.Errorf("no card: %v, printed %q", err, out)
	}
	card, err := sim.LoadCard("3")
	if err != nil {
		t.Fatal(err)
	}
	r.Place(card)
	if _, err := run(t, "card", "--link", link, "--json"); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, "card", "--link", link, "--timeout", "500ms", "--json"); err == nil || !strings.Contains(err.Error(), "lift it and lay it down again") {
		t.Errorf("a card that was read and still lies there: %v", err)
	}
	r.Silence(true)
	if _, err := run(t, "card", "--link", link, "--json"); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("silent: %v", err)
	}
	for _, absent := range []string{"serial:" + filepath.Join(t.TempDir(), "none"), "usb:ffff:fff1", "usb:ffff:fff1:A1", "hid:ffff:fff1"} {
		for _, args := range [][]string{
			{"card", "--json"}, {"status", "--role", "reader"}, {"status", "--role", "printer"}, {"print", "--document", write(t, note)},
		} {
			_, err := run(t, append(args, "--link", absent)...)
			if err == nil || !strings.HasPrefix(err.Error(), absent+" 不在") || !strings.Contains(err.Error(), absent+" is not there: plug the device in") || strings.Contains(err.Error(), "lstat") {
				t.Errorf("%v without a device: %v", args, err)
			}
		}
	}
	if _, err := run(t, "card", "--link", "tcp:1.2.3.4"); err == nil || !strings.Contains(err.Error(), "serial:PATH") {
		t.Errorf("unknown link: %v", err)
	}
	if _, err := run(t, "card"); err == nil {
		t.Error("without --link it succeeded")
	}
	if _, err := run(t, "card", "--link", link, "--baud", "12345"); err == nil || !strings.Contains(err.Error(), "settings") {
		t.Errorf("odd speed: %v", err)
	}
}

// TestFaultsHaveWords: every fault is said in Chinese and English, and what differs for a role too.
func TestFaultsHaveWords(t *testing.T) {
	words, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range []drivers.Fault{
		drivers.FaultUnplugged, drivers.FaultSilent, drivers.FaultProtocol, drivers.FaultDevice, drivers.FaultNotPermitted, drivers.FaultAmbiguous, drivers.FaultPaperOut,
		drivers.FaultCoverOpen, drivers.FaultCutter, drivers.FaultOverheated, drivers.FaultJam, drivers.FaultNoDocument, drivers.FaultBusy, drivers.FaultMissingTool,
		drivers.FaultCard, drivers.FaultCardDoubt, drivers.FaultCardOther, drivers.FaultCertificate, drivers.FaultCancelled, "document." + drivers.FaultTonerEmpty, "document." + drivers.FaultFormat, "document." + drivers.FaultAborted,
	} {
		for _, lang := range []text.Lang{text.Chinese, text.English} {
			if !words.Has(lang, "provision.device.fault."+string(fault)) {
				t.Errorf("%s has no words in %s", fault, lang)
			}
		}
	}
}

func TestStatus(t *testing.T) {
	r, link := plugIn(t)
	for _, c := range []struct {
		name, condition, serial, fault string
		fails                          bool
		before                         func()
	}{
		{"well", "online", "05.01-20261122-0000000042-1", "", false, func() {}},
		{"broken, believed when it is said twice", "hardwareError", "", "device", true, func() { r.Answer(reader.Status, 0x66, 2) }},
		{"silent", "offline", "", "silent", true, func() { r.Silence(true) }},
		{"unplugged", "noDevice", "", "unplugged", true, func() {
			if err := r.Unplug(); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		c.before()
		out, err := run(t, "status", "--json", "--link", link, "--role", "reader")
		var got struct{ Condition, Serial, Fault string }
		if failed := json.Unmarshal([]byte(out), &got); failed != nil {
			t.Fatalf("%s: %v in %q (%v)", c.name, failed, out, err)
		}
		if got.Condition != c.condition || got.Serial != c.serial || got.Fault != c.fault || (err != nil) != c.fails {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
	if _, err := run(t, "status", "--link", link, "--role", "toaster"); err == nil || !strings.Contains(err.Error(), "reader") {
		t.Errorf("unknown role: %v", err)
	}
	if out, err := run(t, "status", "--link", link, "--json"); err == nil || !strings.Contains(err.Error(), "say --role") || !strings.Contains(out, `"fault": "usage"`) {
		t.Errorf("no role: %v\n%s", err, out)
	}
}

// TestMasked: what is about the person is shown in part, in words and in JSON, unless all of it is asked for.
func TestMasked(t *testing.T) {
	r, link := plugIn(t)
	for _, which := range []string{"5", "7", "8", "9", write(t, foreigner2017)} {
		card, err := sim.LoadCard(which)
		if err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"--json"}, {}} {
			r.Place(card)
			out, err := run(t, append([]string{"card", "--link", link}, args...)...)
			if err != nil {
				t.Fatal(err)
			}
			block, err := card.Block()
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range []string{card.Name, card.Latin, card.Number, card.Address, card.Moved, card.PassNo, card.Birth, card.Birth[:4] + "-" + card.Birth[4:6], hex.EncodeToString(block[:16]), "U+E188", "\uE188"} {
				if secret != "" && strings.Contains(out, secret) {
					t.Errorf("card %s %v: %q is shown", which, args, secret)
				}
			}
			if !strings.Contains(out, card.Birth[:4]) || !strings.Contains(out, "*") || len(args) > 0 && !strings.Contains(out, `"masked": true`) {
				t.Errorf("card %s %v: nothing shows that it was read\n%s", which, args, out)
			}
		}
	}
}

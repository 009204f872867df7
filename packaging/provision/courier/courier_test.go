package courier

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/packaging/stick"
	"bianmin/platform/platformtest"
	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/courier"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// TestTrip: cases filed where no network reaches arrive once, their answers and what departments wrote come home, and the stick holds
// nothing that a finder could read.
func TestTrip(t *testing.T) {
	platform := platformtest.Start(t, platformtest.Options{})
	v := newVillage(t, platform, "QH0301")
	first := v.file(200_000)
	v.file(10)
	folder := newStick(t)
	if said := v.must("export", folder); !strings.Contains(said, "2 件") {
		t.Error(said)
	}
	if v.waiting() != 2 {
		t.Error("a packet left the queue before its answer was here")
	}
	for _, name := range bundles(t, folder, courier.OutExt) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"王小丫", "9901021945", string(first), "高龄津贴", bytesOf(7, 64)} {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("the stick shows %q", secret)
			}
		}
	}
	if said := v.county(folder); len(said) != 1 || said[0].Accepted != 2 {
		t.Fatalf("%+v", said)
	}
	if err := os.Remove(filepath.Join(v.data, "keys", "speaks.json")); err != nil { // what the enrolment brought
		t.Fatal(err)
	}
	for range 2 { // the stick may come to the county twice, and to the village
		v.county(folder)
	}
	if cases := platform.Cases(); len(cases) != 2 {
		t.Errorf("%d cases arrived", len(cases))
	}
	platform.Run("act", string(first), "accept", "--department", "望河县民政局")
	v.county(folder)
	if said := v.must("import", folder); !strings.Contains(said, "送达 2 件") || !strings.Contains(said, "新消息 1 条") {
		t.Error(said)
	}
	if n := v.waiting(); n != 0 {
		t.Errorf("%d packets still wait", n)
	}
	if said := v.must("import", folder); !strings.Contains(said, "送达 0 件") {
		t.Error(said)
	}
	if said := seal.LoadSpeaks(filepath.Join(v.data, "keys")); said == nil || !said.Hears(string(casefile.PlatformPayment)) {
		t.Errorf("the stick says that the platform understands %+v", said)
	}
	var now status
	if err := json.Unmarshal([]byte(v.must("status", "--json")), &now); err != nil || now.Waiting != 0 || now.Away != 0 || len(now.Trips) != 1 || now.Trips[0].Returned == nil {
		t.Errorf("%v %+v", err, now)
	}
}

func bytesOf(b byte, n int) string { return string(bytes.Repeat([]byte{b}, n)) }

// TestSticksOutOfOrder: a stick that is lost, one that overtakes another and an answer that comes late cost trips, never a case.
func TestSticksOutOfOrder(t *testing.T) {
	platform := platformtest.Start(t, platformtest.Options{})
	v := newVillage(t, platform, "QH0301")
	lost, early, late := newStick(t), newStick(t), newStick(t)
	v.file(1000)
	v.must("export", lost) // never arrives
	v.file(1000)
	v.must("export", early)
	v.file(1000)
	v.must("export", late)
	if said := v.county(late); said[0].Accepted != 3 {
		t.Fatalf("%+v", said)
	}
	if said := v.county(early); said[0].Accepted != 2 {
		t.Fatalf("%+v", said)
	}
	v.must("import", late)
	if n := v.waiting(); n != 0 {
		t.Errorf("%d packets still wait", n)
	}
	v.must("import", early) // changes nothing any more
	if cases := platform.Cases(); len(cases) != 3 {
		t.Errorf("%d cases arrived", len(cases))
	}
}

// TestBitFlips: one byte of a bundle is changed, at many places: what is damaged stays in the queue and is carried again, everything
// else arrives, and nothing arrives that was not sent.
func TestBitFlips(t *testing.T) {
	platform := platformtest.Start(t, platformtest.Options{})
	v := newVillage(t, platform, "QH0301")
	for range 3 {
		v.file(70_000)
	}
	folder := newStick(t)
	v.must("export", folder)
	name := bundles(t, folder, courier.OutExt)[0]
	good, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 12 {
		at := i * len(good) / 12
		bad := bytes.Clone(good)
		bad[at] ^= 0x10
		if err := os.WriteFile(name, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		_ = platform.Try("courier", "take", folder)
		if cases := platform.Cases(); len(cases) > 3 {
			t.Fatalf("byte %d: %d cases", at, len(cases))
		}
	}
	for _, cutAt := range []int{0, 600, len(good) / 2, len(good) - 2000} { // the stick was pulled while somebody copied the file
		if err := os.WriteFile(name, good[:cutAt], 0o600); err != nil {
			t.Fatal(err)
		}
		_ = platform.Try("courier", "take", folder)
	}
	if _, err := v.run("import", folder); err != nil {
		t.Errorf("what arrived: %v", err)
	}
	again := newStick(t)
	v.must("export", again)
	v.county(again)
	v.must("import", again)
	if n := v.waiting(); n != 0 {
		t.Errorf("%d packets still wait", n)
	}
	if cases := platform.Cases(); len(cases) != 3 {
		t.Errorf("%d cases arrived", len(cases))
	}
	answer := bundles(t, again, courier.BackExt)[0]
	content, err := os.ReadFile(answer)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2] ^= 1
	if err := os.WriteFile(answer, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := v.run("import", again); !errors.Is(err, courier.ErrForeign) {
		t.Errorf("a damaged answer: %v", err)
	}
}

// TestOthersStick: another terminal's stick, an empty one and no stick at all are named; a barred terminal is not served.
func TestOthersStick(t *testing.T) {
	platform := platformtest.Start(t, platformtest.Options{})
	v, w := newVillage(t, platform, "QH0301"), newVillage(t, platform, "QH0302")
	folder := newStick(t)
	if _, err := v.run("import", folder); !errors.Is(err, errNothing) {
		t.Error(err)
	}
	w.file(10)
	w.must("export", folder)
	w.county(folder)
	if _, err := v.run("import", folder); !errors.Is(err, errOthers) || !strings.HasPrefix(err.Error(), "U盘上只有别的机器") {
		t.Error(err)
	}
	// Somebody gives another's answer this terminal's name.
	name := bundles(t, folder, courier.BackExt)[0]
	if err := os.Rename(name, strings.Replace(name, "QH0302A", "QH0301A", 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := v.run("import", folder); !errors.Is(err, courier.ErrForeign) {
		t.Error(err)
	}
	if err := platform.Try("courier", "take", newStick(t)); err == nil {
		t.Error("an empty stick was taken")
	}
	if _, err := v.run("export", filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no stick at all was written")
	}
	v.file(10)
	mine := newStick(t)
	v.must("export", mine)
	platform.Run("terminal", "bar", "QH0301", "--reason", "stolen")
	if err := platform.Try("courier", "take", mine); err == nil {
		t.Error("a barred terminal's bundle was taken")
	}
}

// TestFullStick: what has no room waits for another stick, and a stick that is full or pulled while it is written leaves nothing half.
func TestFullStick(t *testing.T) {
	platform := platformtest.Start(t, platformtest.Options{})
	v := newVillage(t, platform, "QH0301")
	v.file(400_000)
	v.file(10)
	id := v.id
	folder := newStick(t)
	to, err := stick.Look(folder)
	if err != nil {
		t.Fatal(err)
	}
	terminal := courier.Terminal{Identity: id, Data: v.data, Software: "test", Now: time.Now}
	v.store(func(ctx context.Context, s *store.Store) {
		out, err := terminal.Export(ctx, s, to, 200_000)
		if err != nil || out.Packets != 1 || out.Left != 1 || out.Bytes > 200_000 {
			t.Errorf("%+v %v", out, err)
		}
		if out, err = terminal.Export(ctx, s, to, 1000); err != nil || out.Packets != 0 || out.Left != 2 {
			t.Errorf("%+v %v", out, err)
		}
	})
	if said := v.county(folder); len(said) != 2 || said[0].Accepted != 1 {
		t.Errorf("%+v", said)
	}
	v.must("import", folder)
	if n := v.waiting(); n != 1 {
		t.Errorf("%d packets wait", n)
	}
	if err := os.RemoveAll(folder); err != nil { // pulled
		t.Fatal(err)
	}
	v.store(func(ctx context.Context, s *store.Store) {
		if _, err := terminal.Export(ctx, s, to, 1<<30); !errors.Is(err, stick.ErrGone) {
			t.Errorf("a pulled stick: %v", err)
		}
	})
}

// TestStickAndNetwork: half a packet came over the network before it broke; the stick brings the rest, and the network is then told that
// all is there.
func TestStickAndNetwork(t *testing.T) {
	platform := platformtest.Start(t, platformtest.Options{})
	v := newVillage(t, platform, "QH0301")
	v.file(300_000)
	client := channel.New(channel.Options{Root: v.id.Trust.TLSRoot, Certificate: &v.id.TLSCert, Times: func() []time.Time { return []time.Time{time.Now()} }})
	defer client.CloseIdleConnections()
	send := func(from, to int64) (status int) {
		v.store(func(ctx context.Context, s *store.Store) {
			items, err := s.Waiting(ctx)
			if err != nil || len(items) != 1 {
				t.Fatal(err, len(items))
			}
			reader, err := s.OpenPacket(ctx, items[0].Packet)
			if err != nil {
				t.Fatal(err)
			}
			defer reader.Close()
			to = min(to, reader.Total())
			request, err := http.NewRequestWithContext(ctx, http.MethodPatch, platform.URL+"/v1/packets/"+items[0].Packet, io.NewSectionReader(reader, from, to-from))
			if err != nil {
				t.Fatal(err)
			}
			request.ContentLength = to - from
			request.Header.Set("Content-Type", wire.TypeBytes)
			request.Header.Set(wire.HeaderOffset, strconv.FormatInt(from, 10))
			request.Header.Set(wire.HeaderLength, strconv.FormatInt(reader.Total(), 10))
			request.Header.Set(wire.HeaderDigest, items[0].Digest)
			response, err := client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			status = response.StatusCode
		})
		return status
	}
	if status := send(0, 150_000); status != http.StatusAccepted && status != http.StatusNoContent {
		t.Fatalf("half a packet: %d", status)
	}
	folder := newStick(t)
	v.must("export", folder)
	if said := v.county(folder); said[0].Accepted != 1 {
		t.Fatalf("%+v", said)
	}
	if status := send(150_000, 1<<30); status != http.StatusOK {
		t.Errorf("the rest over the network: %d", status)
	}
	v.must("import", folder)
	if n := v.waiting(); n != 0 {
		t.Errorf("%d packets still wait", n)
	}
	if cases := platform.Cases(); len(cases) != 1 {
		t.Errorf("%d cases arrived", len(cases))
	}
}

package point_test

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"bianmin/assets"
	"bianmin/drivers"
	"bianmin/drivers/pack"
	"bianmin/drivers/point"
	"bianmin/drivers/sim/plug"
	"bianmin/drivers/sim/printer"
	"bianmin/drivers/sim/reader"
)

// port shows an adapter, and gives the path of a port that is its own and leads to a simulated device.
func (m machine) port(socket, vendor, product, tty, device string) string {
	m.t.Helper()
	m.plug(socket, vendor, product, "ff", "00", nil)
	m.lay("sys/bus/usb/devices/"+socket+"/"+socket+":1.0/"+tty+"/uevent", "")
	path := filepath.Join(m.root, "dev", tty)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.Symlink(device, path); err != nil {
		m.t.Fatal(err)
	}
	return path
}

// behind are packs for a reader, a printer and a code reader that are known by the adapter they are behind.
func behind(t *testing.T) pack.Packs {
	t.Helper()
	head := "name: {zh: 机型, en: Model}\nlink: serial\n"
	all, err := pack.Read(assets.DevicePacks(), fstest.MapFS{
		"line-reader.yaml":  {Data: []byte("id: line-reader\nrole: reader\nmatch: [{usb: \"abcd:0001\"}]\nsettings: {baud: 19200}\ncapabilities: [card]\n" + head)},
		"line-printer.yaml": {Data: []byte("id: line-printer\nrole: printer\nmatch: [{usb: \"abcd:0002\"}]\nsettings: {paper: 58}\nquirks: [no-cutter]\ncapabilities: [text]\n" + head)},
		"line-code.yaml":    {Data: []byte("id: line-code\nrole: code\nmatch: [{usb: \"abcd:0003\"}]\ncapabilities: [codes]\n" + head)},
	}, assets.DevicePacks())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestLines: what a pack knows behind a serial line is asked in its protocol alone, at its speed first, and a code reader hears nothing at all.
func TestLines(t *testing.T) {
	m, ctx := machine{t, t.TempDir()}, context.WithoutCancel(t.Context())
	cards, err := reader.Start(ctx, filepath.Join(t.TempDir(), "r"), reader.Options{Speed: 19200, Baud: 19200})
	if err != nil {
		t.Fatal(err)
	}
	strips, err := printer.New(ctx, filepath.Join(t.TempDir(), "p"), printer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var heard atomic.Int64
	codes, err := plug.New(ctx, filepath.Join(t.TempDir(), "c"), func(ctx context.Context, end *os.File) {
		buffer := make([]byte, 64)
		for ctx.Err() == nil {
			n, err := end.Read(buffer)
			heard.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, device := range []interface{ Close() error }{cards, strips, codes} {
			if err := device.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	paths := []string{
		m.port("1-1", "abcd", "0001", "ttyUSB0", cards.Path()), m.port("1-2", "abcd", "0002", "ttyUSB1", strips.Path()), m.port("1-3", "abcd", "0003", "ttyUSB2", codes.Path()),
	}
	lines, err := point.Lines(m.root, paths, behind(t))
	if err != nil || len(lines) != 3 || lines[0].Pack == nil || lines[0].Pack.ID != "line-reader" || lines[1].Adapter.Port != "1-2" {
		t.Fatalf("%+v, %v", lines, err)
	}
	found := point.AskLines(t.Context(), lines, time.Now)
	if found[0].Role != drivers.RoleReader || found[0].Baud != 19200 || found[0].Status.Serial == "" || cards.Asked(reader.Status) != 1 {
		t.Errorf("reader: %v, %v, asked %d times", found[0], found[0].Err, cards.Asked(reader.Status))
	}
	if found[1].Role != drivers.RolePrinter || found[1].Baud != 115200 || found[1].Status.Model != "Model" {
		t.Errorf("printer: %v, %v", found[1], found[1].Err)
	}
	if found[2].Role != "" || found[2].Err != nil || !lines[2].Speaks() || heard.Load() != 0 {
		t.Errorf("code reader: %v, %v, %d bytes heard", found[2], found[2].Err, heard.Load())
	}
	wrong, err := point.Lines(m.root, paths[1:2], behind(t))
	if err != nil {
		t.Fatal(err)
	}
	wrong[0].Pack = lines[0].Pack // a pack that is mistaken: the printer hears the reader's question only, and is not taken for one
	if f := point.AskLines(t.Context(), wrong, time.Now)[0]; f.Role != "" || strips.State().Strips != 0 {
		t.Errorf("a printer behind a reader's adapter: %v", f)
	}
}

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"bianmin/drivers/sim/stand"
)

// onBench is the key of a script's bench.
type onBench struct{}

// bench sets devices up for the scripts whose name begins with "device", and tells the script how they are linked.
func bench(e *testscript.Env) error {
	if !strings.HasPrefix(filepath.Base(e.WorkDir), "script-device") {
		return nil
	}
	dir, err := os.MkdirTemp("", "bench") // a socket's path has to be short
	if err != nil {
		return err
	}
	s, err := stand.Open(context.Background(), stand.Options{Dir: dir, Document: true, Scanner: true, Code: true})
	if err != nil {
		return err
	}
	e.Defer(func() {
		if err := errors.Join(s.Close(), os.RemoveAll(dir)); err != nil {
			e.T().Fatal(err)
		}
	})
	e.Values[onBench{}] = s
	reader, printer, button := s.Links()
	for name, link := range map[string]string{"READER": reader, "PRINTER": printer, "BUTTON": button, "DOCUMENT": s.DocumentLink(), "SCANNER": s.ScannerLink(), "CODE": s.CodeLink()} {
		e.Setenv(name, link)
	}
	sane := filepath.Join(e.WorkDir, "sane")
	e.Setenv("SANE_CONFIG_DIR", sane)
	return errors.Join(os.Mkdir(sane, 0o700), os.WriteFile(filepath.Join(sane, "dll.conf"), []byte("test\n"), 0o600),
		os.WriteFile(filepath.Join(sane, "test.conf"), []byte("number_of_devices 1\ngeometry_max 300.0\ntest-picture \"Grid\"\n"), 0o600))
}

// tell tells the bench what to do: tell printer paper out. "tell later …" does it again and again while the next commands run, until the script ends.
func tell(ts *testscript.TestScript, neg bool, args []string) {
	s, ok := ts.Value(onBench{}).(*stand.Stand)
	if neg || !ok || len(args) == 0 {
		ts.Fatalf("usage: tell WORD…, in a script whose name begins with device")
	}
	if args[0] != "later" {
		if _, err := s.Do(context.Background(), strings.Join(args, " ")); err != nil {
			ts.Fatalf("%v", err)
		}
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			_, _ = s.Do(ctx, strings.Join(args[1:], " "))
			select {
			case <-ctx.Done():
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	ts.Defer(func() {
		stop()
		<-done
	})
}

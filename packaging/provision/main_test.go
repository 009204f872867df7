package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"bianmin/platform/command"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"provision": main,
		"platform":  platform,
	})
}

// platform is the platform's program for scripts.
func platform() {
	contract, err := os.ReadFile(os.Getenv("CONTRACT"))
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		root := command.New(command.Options{Contract: contract, Now: time.Now})
		root.SetArgs(command.LongFlags(root, os.Args[1:]))
		err = root.ExecuteContext(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "platform:", err)
		os.Exit(1)
	}
}

// TestScripts plays the transcripts in testdata: what a technician types and reads.
func TestScripts(t *testing.T) {
	contract, err := filepath.Abs("../../platform/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("CONTRACT", contract)
			e.Setenv("GOARCH", runtime.GOARCH)
			for _, name := range []string{"ADDR", "MIRROR"} {
				listener, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					return err
				}
				e.Setenv(name, listener.Addr().String())
				if err := listener.Close(); err != nil {
					return err
				}
			}
			return bench(e)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"tell":      tell,
			"listening": listening,
			"field":     field,
		},
	})
}

// listening waits until somebody accepts connections at an address.
func listening(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: listening ADDR")
	}
	for range 500 {
		if connection, err := net.Dial("tcp", args[0]); err == nil {
			_ = connection.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("nobody listens at %s", args[0])
}

// field puts a field of the JSON in a file into an environment variable: field FILE NAME VARIABLE.
func field(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: field FILE NAME VARIABLE")
	}
	var object map[string]any
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &object); err != nil {
		ts.Fatalf("read %s: %v", args[0], err)
	}
	value, ok := object[args[1]].(string)
	if !ok || strings.TrimSpace(value) == "" {
		ts.Fatalf("%s has no text %q", args[0], args[1])
	}
	ts.Setenv(args[2], value)
}

func TestAdvice(t *testing.T) {
	denied := fmt.Errorf("read configuration: %w", &fs.PathError{Op: "open", Path: "/etc/bianmin/terminal.yaml", Err: syscall.EACCES})
	for name, c := range map[string]struct {
		err  error
		euid int
		want bool
	}{
		"no rights": {denied, 1000, true}, "root": {denied, 0, false}, "another error": {fs.ErrNotExist, 1000, false},
	} {
		if got := advice(c.err, c.euid); strings.Contains(got, "sudo") != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

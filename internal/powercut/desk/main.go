// Command desk is what runs in the virtual machine whose power is cut: a kiosk's filing and printing without screen and
// devices, as fast as the machine goes, with the real sender beside it. What it says on the console has happened, and a
// power cut must not undo it. For tests; never shipped.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/store/filing"
	"bianmin/sync/seal"
)

func main() {
	err := start(context.Background(), os.Args[1:])
	fmt.Println("desk:", err)
	os.Exit(1)
}

// say tells the world something that has happened.
func say(words ...any) { fmt.Print("said ", fmt.Sprintln(words...)) }

func start(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("desk", flag.ContinueOnError)
	data := flags.String("data", "", "the terminal's data `folder`")
	sender := flags.String("sender", "", "the sender's `program`")
	platform := flags.String("platform", "", "where the platform is, `host:port`, reached as 127.0.0.1:port")
	drain := flags.Bool("drain", false, "file nothing, end when all is delivered")
	remount := flags.Bool("remount", false, "make the disk read-only in the middle, and writable again")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, end := context.WithCancelCause(ctx)
	var working sync.WaitGroup
	defer working.Wait()
	defer end(nil)
	working.Go(func() { end(fmt.Errorf("the way to the platform: %w", forward(ctx, *platform))) })
	command := exec.CommandContext(ctx, *sender, "-data", *data, "-log", "warn")
	command.Stdout, command.Stderr = os.Stdout, os.Stdout
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	working.Go(func() { end(fmt.Errorf("the sender ended: %w", command.Run())) })
	f, err := filing.Open(ctx, filing.Options{Folder: *data, Software: "bianmin power cut", Cost: seal.Cost{Time: 1, Memory: 64, Threads: 1}, MinFree: 1})
	if err != nil {
		return err
	}
	if err := ready(ctx, f); err != nil {
		return fmt.Errorf("the terminal cannot serve: %w", err)
	}
	say("up")
	switch {
	case *drain:
		err = wait(ctx, f)
	case *remount:
		err = remounted(ctx, f, *data)
	default:
		err = life(ctx, f)
	}
	return errors.Join(err, context.Cause(ctx), f.Close())
}

// ready waits while the terminal cannot serve because its clock is in doubt.
func ready(ctx context.Context, f *filing.Filing) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for said := false; ; said = true {
		err := f.Ready(ctx)
		if err == nil || store.Code(err) != casefile.ClockDoubt {
			return err
		}
		if !said {
			say("doubt", time.Now().Year())
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// wait ends when nothing waits any more; what was refused waits for ever.
func wait(ctx context.Context, f *filing.Filing) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		counts, err := f.Store().Counts(ctx)
		if err != nil {
			return err
		}
		if counts.Waiting == 0 {
			say("drained", counts.Refused)
			<-ctx.Done()
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// forward carries each connection to 127.0.0.1 on to the machine outside, byte for byte: the platform's address is then
// the same within and without.
func forward(ctx context.Context, to string) error {
	_, port, err := net.SplitHostPort(to)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer stop()
	var open sync.WaitGroup
	defer open.Wait()
	for {
		inner, err := listener.Accept()
		if err != nil {
			return err
		}
		open.Go(func() { carry(ctx, inner, to) })
	}
}

func carry(ctx context.Context, inner net.Conn, to string) {
	defer func() { _ = inner.Close() }()
	outer, err := new(net.Dialer).DialContext(ctx, "tcp", to)
	if err != nil {
		return
	}
	defer func() { _ = outer.Close() }()
	stop := context.AfterFunc(ctx, func() { _, _ = inner.Close(), outer.Close() })
	defer stop()
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(inner, outer)
		_, _ = inner.Close(), outer.Close()
	})
	_, _ = io.Copy(outer, inner)
	_, _ = inner.Close(), outer.Close()
	back.Wait()
}

// Command setup is the window in front of "provision setup": it shows what that says and tells it what a technician does.
// It needs no rights itself, and does no part of the setup.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"os/user"
	"path/filepath"
	"syscall"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/packaging/setup/child"
	"bianmin/packaging/setup/stage"
	"bianmin/packaging/version"
	"bianmin/ui/toolkit"
)

// flags are the command line.
type flags struct {
	root    string
	probe   string // internal: where the player looks at the window
	version bool
}

var errWatched = errors.New("this machine's own setup takes no probe: only one in a folder, with -root")

func main() {
	var f flags
	flag.StringVar(&f.root, "root", "/", "where the file system of the machine is that is set up; for tests and images")
	flag.StringVar(&f.probe, "probe", "", "socket on which a player may look at the window; only with -root")
	flag.BoolVar(&f.version, "version", false, "say the version and end")
	flag.Parse()
	if f.version {
		fmt.Println("setup", version.Version)
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, f)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "setup:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, f flags) error {
	if flag.NArg() > 0 {
		return fmt.Errorf("unknown words after the flags: %q", flag.Args())
	}
	if f.probe != "" && filepath.Clean(f.root) == "/" {
		return errWatched
	}
	display := os.Getenv("DISPLAY")
	if err := toolkit.CheckDisplay(display); err != nil {
		return err
	}
	width, height, err := toolkit.ScreenSize(display)
	if err != nil {
		return err
	}
	if err := toolkit.Pin(caches(), scaleOf(width, height)); err != nil {
		return err
	}
	toolkit.Log(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	words, err := text.Load(assets.Words())
	if err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the setup beside this program: %w", err)
	}
	machine := child.Here(filepath.Join(filepath.Dir(program), "provision"), f.root)
	return live(ctx, f, words, stage.New(stage.Options{
		Start: func(ctx context.Context) (stage.Child, error) {
			c, err := child.Start(ctx, machine)
			if err != nil {
				return nil, err
			}
			return c, nil
		},
		Save: func(name string, pdf, signed []byte) (string, error) {
			return child.Save(sticks(), child.Own(home()), name, pdf, signed)
		},
	}))
}

// home is the user's folder.
func home() string {
	if home := os.Getenv("HOME"); home != "" && home != "/" {
		return home
	}
	return os.TempDir()
}

// caches is where the toolkit keeps its own. It is named from HOME alone: the toolkit's environment changes what else
// names folders, and must stay the same when the program has replaced itself.
func caches() string { return filepath.Join(home(), ".cache", "bianmin-setup") }

func sticks() []string {
	who, err := user.Current()
	if err != nil {
		return nil
	}
	return child.Sticks(who.Username)
}

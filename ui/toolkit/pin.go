// Package toolkit fixes what the window toolkit would take from the machine it
// runs on: scale, caches, folders, message bus, and where its complaints go. It
// must not draw or know the toolkit's types, so that it can run before them.
package toolkit

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"syscall"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// memoryLimit is what the collector aims at, in bytes, on terminals with 2 GB.
const memoryLimit = 220 << 20

// Environment is what the toolkit finds, whoever started the program. The scale
// is not guessed from the monitor; textures unseen for a minute are let go, and
// not sooner: where one frame takes longer to paint than that, the toolkit takes
// all that is on the screen for unseen, and never paints it again; folder
// holds its caches, and no settings of whoever is logged in; no message bus is
// looked for or started.
func Environment(folder string, scale float32) map[string]string {
	return map[string]string{
		"FYNE_SCALE":                 strconv.FormatFloat(float64(scale), 'f', -1, 32),
		"FYNE_DISABLE_DPI_DETECTION": "1",
		"FYNE_CACHE":                 "1m",
		"FYNE_THEME":                 "",
		"FYNE_FONT":                  "",
		"DBUS_SESSION_BUS_ADDRESS":   "disabled:",
		"XDG_CONFIG_HOME":            filepath.Join(folder, "config"),
		"XDG_CACHE_HOME":             filepath.Join(folder, "cache"),
	}
}

// Pin makes Environment this program's. The toolkit reads part of it before
// main begins, so a program that was started with another one replaces itself
// (same process id, same arguments) and Pin does not return. A folder that
// cannot be written, on a full or read-only disk, is only said in package log:
// the window must open to tell people.
func Pin(folder string, scale float32) error {
	debug.SetMemoryLimit(memoryLimit)
	changed := false
	for name, value := range Environment(folder, scale) {
		if os.Getenv(name) == value {
			continue
		}
		changed = true
		if err := os.Setenv(name, value); err != nil {
			return fmt.Errorf("pin the window toolkit: %w", err)
		}
	}
	if changed {
		program, err := os.Executable()
		if err != nil {
			return fmt.Errorf("pin the window toolkit: %w", err)
		}
		return fmt.Errorf("pin the window toolkit: %w", syscall.Exec(program, os.Args, os.Environ()))
	}
	if err := sweep(filepath.Join(folder, "cache", "fyne")); err != nil {
		log.Print(err)
	}
	return nil
}

// sweep makes the cache folder and takes away what earlier processes left: the toolkit makes a folder per process.
func sweep(cache string) error {
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return fmt.Errorf("make the toolkit's folder: %w", err)
	}
	left, err := filepath.Glob(filepath.Join(cache, "missing-id-*"))
	if err != nil {
		return fmt.Errorf("sweep the toolkit's folder: %w", err)
	}
	for _, path := range left {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("sweep the toolkit's folder: %w", err)
		}
	}
	return nil
}

// CheckDisplay tells whether an X server answers at the display (":0"); without
// one the toolkit would end the program from inside.
func CheckDisplay(name string) error {
	if name == "" {
		return errors.New("no display: DISPLAY is not set, start an X server and name it, for example DISPLAY=:0")
	}
	xgb.Logger.SetOutput(io.Discard) // it says on standard error what its errors say again
	conn, err := xgb.NewConnDisplay(name)
	if err != nil {
		return fmt.Errorf("no display: no X server answers at DISPLAY=%s, start one or name another", name)
	}
	conn.Close()
	return nil
}

// ScreenSize is how large the display's first screen is, px.
func ScreenSize(name string) (width, height int, err error) {
	conn, err := xgb.NewConnDisplay(name)
	if err != nil {
		return 0, 0, fmt.Errorf("ask the display for its size: %w", err)
	}
	defer conn.Close()
	screen := xproto.Setup(conn).DefaultScreen(conn)
	return int(screen.WidthInPixels), int(screen.HeightInPixels), nil
}

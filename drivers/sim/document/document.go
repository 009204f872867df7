// Package document is the far end of the A4 printer: CUPS's own IPP Everywhere
// printer as a process, with its paper and its cable moved by hand. What it
// printed lies as PDF in its tray. It is never shipped.
package document

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Printer is one simulated A4 printer. Its methods are safe for use by several goroutines.
type Printer struct {
	dir  string
	port int

	mutex sync.Mutex
	bus   *process // it will not start without one
	ipp   *process // nil while it is unplugged
	paper bool
	taken map[string]bool
}

// Start starts a printer with paper in it; everything it needs lies in dir.
func Start(ctx context.Context, dir string) (*Printer, error) {
	p := &Printer{dir: dir, taken: map[string]bool{}}
	if err := p.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("simulated document printer: %w", err), p.Close())
	}
	return p, nil
}

// feedScript numbers what comes out by itself: a printer that was switched off begins its jobs at 1 again.
//
// The file "trouble" beside the tray is what is wrong with the mechanism: the word goes to the printer as its state, and nothing
// comes out before it is gone, but with a word that only warns. "aborted" spoils the job.
const feedScript = `#!/bin/sh
printer=$PPID
said=
while kill -0 $printer 2>/dev/null; do
  read -r now 2>/dev/null <'%[2]s' || now=
  if [ "$now" != "$said" ]; then
    [ -z "$said" ] || echo "STATE: -$said" >&2
    [ -z "$now" ] || [ "$now" = aborted ] || echo "STATE: +$now" >&2
    said=$now
  fi
  case "$now" in aborted) exit 1 ;; ''|toner-low|media-low) break ;; esac
  sleep 0.1
done
cd '%[1]s' && exec ln "$1" "$(($(ls | wc -l) + 1))-${1##*/}"
`

func (p *Printer) start(ctx context.Context) (err error) {
	for _, folder := range []string{p.tray(), p.spool()} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	// The printer runs this for a job once there is paper for it: now a page comes out.
	if err := os.WriteFile(p.feed(), fmt.Appendf(nil, feedScript, p.tray(), p.trouble()), 0o755); err != nil {
		return err
	}
	if p.port, err = freePort(ctx); err != nil {
		return err
	}
	if err := p.startBus(ctx); err != nil {
		return err
	}
	return p.Plug(ctx)
}

// busConfig is a message bus that nobody speaks on.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>
`

func (p *Printer) startBus(ctx context.Context) (err error) {
	config := filepath.Join(p.dir, "bus.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, busConfig, p.busPath()), 0o644); err != nil {
		return err
	}
	if p.bus, err = launch(p.dir, nil, "dbus-daemon", "--config-file="+config, "--nofork"); err != nil {
		return err
	}
	return p.bus.until(ctx, func() error { return answers(ctx, p.busPath()) })
}

// answers tells whether somebody listens on a socket, whose file is there a moment before.
func answers(ctx context.Context, path string) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", path)
	if err != nil {
		return err
	}
	return conn.Close()
}

func (p *Printer) busPath() string { return filepath.Join(p.dir, "bus") }
func (p *Printer) spool() string   { return filepath.Join(p.dir, "spool") }
func (p *Printer) tray() string    { return filepath.Join(p.dir, "tray") }
func (p *Printer) trouble() string { return filepath.Join(p.dir, "trouble") }
func (p *Printer) feed() string    { return filepath.Join(p.dir, "feed") }

// address is where the printer answers. It binds to "localhost" and takes no other name.
func (p *Printer) address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)) }

// Link is the printer's link for a configuration file.
func (p *Printer) Link() string { return "ipp://" + p.address() + "/ipp/print" }

// Plug switches the printer on; nothing happens when it is on.
func (p *Printer) Plug(ctx context.Context) error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.ipp != nil {
		return nil
	}
	started, err := launch(p.dir, []string{"DBUS_SYSTEM_BUS_ADDRESS=unix:path=" + p.busPath()}, "ippeveprinter",
		"-d", p.spool(), "-c", p.feed(), "-r", "off", "-n", "localhost", "-p", strconv.Itoa(p.port), "-f", "application/pdf", "A4")
	if err != nil {
		return fmt.Errorf("plug the document printer in: %w", err)
	}
	if err := started.until(ctx, func() error { return p.load(ctx, true) }); err != nil {
		started.stop()
		return fmt.Errorf("plug the document printer in: %w", err)
	}
	p.ipp, p.paper = started, true
	return nil
}

// Unplug pulls the printer's plug in the middle of whatever it does.
func (p *Printer) Unplug() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.ipp.stop()
	p.ipp = nil
}

// SetPaper takes all paper out of the printer, or fills it up with A4.
func (p *Printer) SetPaper(ctx context.Context, there bool) error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.ipp == nil {
		return errors.New("the document printer is not plugged in")
	}
	if err := p.load(ctx, there); err != nil {
		return fmt.Errorf("change the document printer's paper: %w", err)
	}
	p.paper = there
	return nil
}

// load says by the printer's own page what lies in its first feed; the others hold nothing.
func (p *Printer) load(ctx context.Context, paper bool) error {
	level := "0"
	if paper {
		level = "250"
	}
	form := url.Values{"size1": {"iso_a4_210x297mm"}, "type1": {"stationery"}, "level1": {level}, "size3": {""}, "type3": {""}, "level3": {"-2"}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.address()+"/media?"+form.Encode(), nil)
	if err != nil {
		return err
	}
	request.Close = true
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(answer.Body)
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return err
	}
	if !strings.Contains(string(body), "Media updated") {
		return errors.New("its page did not take the paper")
	}
	return nil
}

// State tells how the printer stands.
func (p *Printer) State() (plugged, paper bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.ipp != nil, p.ipp != nil && p.paper
}

// Printed are the PDF files of everything printed so far, oldest first, taken or not.
func (p *Printer) Printed() ([]string, error) {
	names, err := filepath.Glob(filepath.Join(p.tray(), "*.pdf"))
	if err != nil {
		return nil, fmt.Errorf("look into the document printer's tray: %w", err)
	}
	slices.SortFunc(names, func(a, b string) int { return serial(a) - serial(b) })
	return names, nil
}

// serial is the number of a job, with which the name of its file begins.
func serial(name string) int {
	digits, _, _ := strings.Cut(filepath.Base(name), "-")
	n, _ := strconv.Atoi(digits)
	return n
}

// Take takes what lies in the tray and was not taken before; the files stay where they are.
func (p *Printer) Take() ([]string, error) {
	all, err := p.Printed()
	if err != nil {
		return nil, err
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var fresh []string
	for _, name := range all {
		if !p.taken[name] {
			p.taken[name] = true
			fresh = append(fresh, name)
		}
	}
	return fresh, nil
}

// Lying are the files in the tray that nobody has taken, oldest first.
func (p *Printer) Lying() []string {
	all, err := p.Printed()
	if err != nil {
		return nil
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return slices.DeleteFunc(all, func(name string) bool { return p.taken[name] })
}

// Close switches everything off; the tray stays.
func (p *Printer) Close() error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.ipp.stop()
	p.bus.stop()
	p.ipp, p.bus = nil, nil
	return nil
}

// process is one of Debian's programs, running.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	log  string
}

// launch starts a program; what it says goes to NAME.log in dir.
func launch(dir string, env []string, name string, args ...string) (*process, error) {
	log, err := os.OpenFile(filepath.Join(dir, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.Command(name, args...), done: make(chan struct{}), log: log.Name()}
	if _, err := exec.LookPath(name); err != nil { // Debian keeps it where only root's path leads
		p.cmd = exec.Command(filepath.Join("/usr/sbin", name), args...)
	}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait()
		_ = log.Close()
	}()
	return p, nil
}

// until asks ready until it gives no error, at most ten seconds.
func (p *process) until(ctx context.Context, ready func() error) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		err := ready()
		if err == nil {
			return nil
		}
		select {
		case <-again.C:
		case <-p.done:
			said, _ := os.ReadFile(p.log)
			return fmt.Errorf("%s ended: %s", filepath.Base(p.cmd.Path), said)
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		}
	}
}

// stop ends the process and waits until it is gone; a printer whose plug is pulled says nothing more.
func (p *process) stop() {
	if p == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGKILL)
	<-p.done
}

// freePort finds a port nobody listens on: the printer cannot choose one itself.
func freePort(ctx context.Context) (int, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := listener.Addr().(*net.TCPAddr).Port
	return port, listener.Close()
}

package rig

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"bianmin/drivers/sim/camera/node"
	"bianmin/drivers/sim/social"
	"bianmin/drivers/sim/stand"
)

// Options say where a rig works and with which programs.
type Options struct {
	Dir     string // made anew: platform/, terminal/, bench/, logs/
	Bin     string // folder of the built programs
	Role    string // of the terminal: "kiosk" (default) or "agent", a desk with accounts and an A4 printer
	Screen  Screen
	Idle    time.Duration // 0: ten minutes, so that a slow machine does not end a session
	Done    time.Duration // 0: five minutes
	Faults  string        // the platform's fault script, "" for none
	Hosts   []string      // further addresses by which the platform is reached
	Distant bool          // the terminal is another machine: nothing is enrolled here
	Behind  time.Duration // the platform's clock runs so far behind at first: a past can be made
	// Full puts an A4 printer, a driverless scanner, a document camera where one can be had, and a code reader on the bench, whatever the role;
	// without it a scanner of SANE's serves.
	Full bool
	// Social puts a reader of social-security cards behind the machine's own PC/SC service on the bench. Full does where that can be had.
	Social bool
	// Apart keeps the programs from what the terminal's keys send (Ctrl+C), so that who began them ends them in order.
	Apart bool
}

// Screen is the terminal's panel; zero is the design's: 1080×1920, a desk's 1366×768.
type Screen struct {
	Width, Height int
	Scale         float64
	Window        bool // a window, not the full screen
}

// Rig is one terminal, its bench and a platform, all running but the terminal's window.
type Rig struct {
	options  Options
	behind   time.Duration
	address  string // the platform's, behind the network switch
	Stand    *stand.Stand
	Platform *Program
	Sender   *Program
	Staff    Staff
	Accounts Accounts // a desk's
	acts     acts     // of the department
	social   bool     // there is a reader of social-security cards
	camera   bool     // the document camera is the terminal's scanner
}

// Staff is the technician's account the platform issued.
type Staff struct{ ID, PIN string }

// Roles of a terminal.
const (
	RoleKiosk = "kiosk"
	RoleAgent = "agent"
)

// The terminals' numbers and their place in the demo region.
const (
	TerminalNumber = "QH0301" // the kiosk
	DeskNumber     = "QH0302" // the agent's PC
	PointName      = "柳树沟村便民服务点"
	PointRegion    = "990301101201" // 柳树沟村
)

// Start starts a platform and a bench in options.Dir, enrols a terminal
// through the bench's network switch, and writes its configuration file. The
// sender is started by StartSender, the kiosk by the caller.
func Start(ctx context.Context, options Options) (*Rig, error) {
	r := &Rig{options: options, behind: options.Behind}
	if err := r.start(ctx); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (r *Rig) start(ctx context.Context) error {
	if err := os.RemoveAll(r.options.Dir); err != nil {
		return fmt.Errorf("clear the rig's folder: %w", err)
	}
	if err := os.MkdirAll(r.path("terminal"), 0o755); err != nil {
		return fmt.Errorf("make the rig's folder: %w", err)
	}
	if err := r.StartPlatform(ctx, "127.0.0.1:0"); err != nil {
		return err
	}
	address, err := r.platformAddress(ctx)
	if err != nil {
		return err
	}
	r.address = address
	chips, err := r.chips(ctx)
	if err != nil {
		return err
	}
	if r.Stand, err = stand.Open(ctx, stand.Options{Social: chips, Dir: r.path("bench"), Platform: address, Document: r.desk() || r.options.Full, Scanner: r.options.Full, Code: r.options.Full, Camera: r.options.Full && node.Here(), Department: r.Department}); err != nil {
		return err
	}
	if err := r.writeScanner(); err != nil {
		return err
	}
	if err := r.writeConfig(); err != nil {
		return err
	}
	if r.options.Distant {
		return nil
	}
	return r.enrol(ctx)
}

// chips is the reader of social-security cards; nil without one.
func (r *Rig) chips(ctx context.Context) (stand.ChipReader, error) {
	if !r.options.Social && !r.options.Full {
		return nil, nil //nolint:nilnil // there is none
	}
	reader, err := social.OpenApart(ctx)
	if err == nil {
		r.social = true
		return reader, nil
	}
	if errors.Is(err, social.ErrNotHere) && !r.options.Social {
		return nil, nil //nolint:nilnil // a full bench does without
	}
	return nil, err
}

// StartPlatform starts the platform program on the address.
func (r *Rig) StartPlatform(ctx context.Context, address string) (err error) {
	args := []string{"--listen", address, "--data", r.PlatformData(), "--behind", r.behind.String()}
	for _, host := range r.options.Hosts {
		args = append(args, "--host", host)
	}
	if r.options.Faults != "" {
		args = append(args, "--faults", r.options.Faults)
	}
	r.Platform, err = r.options.launch("platform", nil, args...)
	if err != nil {
		return err
	}
	_, err = r.platformAddress(ctx)
	return err
}

// SetBehind starts the platform again with its clock so far behind. A terminal
// hears of it at its next heartbeat.
func (r *Rig) SetBehind(ctx context.Context, behind time.Duration) error {
	r.Platform.Stop()
	r.behind = behind
	return r.StartPlatform(ctx, r.address)
}

func (r *Rig) platformAddress(ctx context.Context) (string, error) {
	line, err := r.Platform.WaitLine(ctx, "listening https://")
	if err != nil {
		return "", err
	}
	_, address, _ := strings.Cut(line, "https://")
	return strings.TrimSpace(address), nil
}

// desk tells whether the terminal is an agent's PC.
func (r *Rig) desk() bool { return r.options.Role == RoleAgent }

// Number is the terminal's.
func (r *Rig) Number() string {
	if r.desk() {
		return DeskNumber
	}
	return TerminalNumber
}

func (r *Rig) path(elements ...string) string {
	return filepath.Join(append([]string{r.options.Dir}, elements...)...)
}

func (r *Rig) bin(name string) string { return filepath.Join(r.options.Bin, name) }

// Config is the terminal's configuration file.
func (r *Rig) Config() string { return r.path("terminal", "terminal.yaml") }

// TerminalData is the terminal's folder of store and keys.
func (r *Rig) TerminalData() string { return r.path("terminal", "data") }

// PlatformData is the platform's folder.
func (r *Rig) PlatformData() string { return r.path("platform") }

// Env is what the terminal's programs need to find the simulated scanner.
func (r *Rig) Env() []string {
	return append(WindowEnv(), "SANE_CONFIG_DIR="+r.path("scanner"), "PATH="+r.path("scanner")+":"+os.Getenv("PATH"))
}

// feeding stands in front of scanimage: the test device's feeder never empties from one start to the next, so
// the sheets in it are counted here, and an empty one is answered as scanimage does. A stack is one start.
const feeding = `#!/bin/sh
case "$*" in *--source*Feeder*)
  n=$(cat '%[1]s' 2>/dev/null || echo 0)
  [ "$n" -gt 0 ] || { echo "scanimage: sane_start: Document feeder out of documents" >&2; exit 7; }
  case "$*" in *--batch=*)
    echo 0 >'%[1]s'
    '%[2]s' "$@" "--batch-count=$n" || exit $?
    echo "scanimage: sane_start: Document feeder out of documents" >&2
    exit 7 ;;
  esac
  echo $((n - 1)) >'%[1]s' ;;
esac
exec '%[2]s' "$@"
`

// writeScanner sets up SANE's own test device: A4, with a pattern on it that is
// neither blank nor blurred, and a feeder that the bench loads.
func (r *Rig) writeScanner() error {
	tool, err := exec.LookPath("scanimage")
	if err != nil {
		return fmt.Errorf("set up the scanner: %w", err)
	}
	if err := os.MkdirAll(r.path("scanner"), 0o755); err != nil {
		return fmt.Errorf("set up the scanner: %w", err)
	}
	for name, content := range map[string]string{
		"dll.conf":  "test\n",
		"test.conf": "number_of_devices 1\nmode Gray\ndepth 8\nresolution 150.0\ntest-picture \"Grid\"\ngeometry_max 300.0\nbr_x 210.0\nbr_y 297.0\n",
	} {
		if err := os.WriteFile(r.path("scanner", name), []byte(content), 0o644); err != nil {
			return fmt.Errorf("set up the scanner: %w", err)
		}
	}
	script := fmt.Sprintf(feeding, r.path("bench", stand.Feeder), tool)
	if err := os.WriteFile(r.path("scanner", "scanimage"), []byte(script), 0o755); err != nil {
		return fmt.Errorf("set up the scanner: %w", err)
	}
	return nil
}

// enrol makes a technician's account and enrols the terminal, as a technician would.
func (r *Rig) enrol(ctx context.Context) error {
	var staff struct{ ID, PIN string }
	if err := r.platformJSON(ctx, &staff, "staff", "new", "--data", r.PlatformData(), "--name", "韩技术员"); err != nil {
		return err
	}
	r.Staff = Staff(staff)
	enrolment, err := r.NewEnrolment(ctx)
	if err != nil {
		return err
	}
	if r.desk() { // before the enrolment, which brings the accounts
		if r.Accounts, err = r.newAccounts(ctx); err != nil {
			return err
		}
	}
	_, err = r.feed(ctx, enrolment, "provision", "enrol", "-", "--data", r.TerminalData())
	return err
}

// NewEnrolment makes a one-time enrolment string for the rig's terminal; a second one brings a new generation.
func (r *Rig) NewEnrolment(ctx context.Context) (string, error) {
	var made struct{ Enrolment string }
	role := RoleKiosk
	if r.desk() {
		role = RoleAgent
	}
	err := r.platformJSON(ctx, &made, "enrol", "new", "--data", r.PlatformData(), "--url", "https://"+r.Stand.Network(),
		"--terminal", r.Number(), "--point", PointName, "--region", PointRegion, "--role", role, "--environment", "demo")
	return made.Enrolment, err
}

func (r *Rig) platformJSON(ctx context.Context, into any, args ...string) error {
	out, err := r.Run(ctx, "platform", append(args, "--behind", r.behind.String())...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(out, into); err != nil {
		return fmt.Errorf("read what platform %s said: %w", strings.Join(args[:2], " "), err)
	}
	return nil
}

// Run runs one of the programs to its end and returns its standard output.
func (r *Rig) Run(ctx context.Context, program string, args ...string) ([]byte, error) {
	return r.feed(ctx, "", program, args...)
}

// feed is Run with something on the program's standard input.
func (r *Rig) feed(ctx context.Context, in, program string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, r.bin(program), args...)
	cmd.Stdin = strings.NewReader(in)
	cmd.Env = append(os.Environ(), r.Env()...)
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, strings.TrimSpace(string(exit.Stderr)))
		}
		return out, fmt.Errorf("%s %s: %w", program, strings.Join(args[:min(2, len(args))], " "), err)
	}
	return out, nil
}

// StartSender starts the sender.
func (r *Rig) StartSender(env ...string) (err error) {
	r.Sender, err = r.options.launch("sender", append(r.Env(), env...), "--config", r.Config())
	return err
}

// Cases are the platform's cases, opened with its key, as "platform cases --json" prints them.
func (r *Rig) Cases(ctx context.Context) ([]byte, []Case, error) {
	out, err := r.Run(ctx, "platform", "cases", "--data", r.PlatformData(), "--json")
	if err != nil {
		return nil, nil, err
	}
	var cases []Case
	if err := json.Unmarshal(out, &cases); err != nil {
		return nil, nil, fmt.Errorf("read the platform's cases: %w", err)
	}
	return out, cases, nil
}

// Close stops everything the rig started.
func (r *Rig) Close() error {
	r.Sender.Stop()
	r.Platform.Stop()
	if r.Stand == nil {
		return nil
	}
	return r.Stand.Close()
}

// StartKiosk starts the kiosk with its window on the display of env.
func (r *Rig) StartKiosk(env []string, args ...string) (*Program, error) {
	return r.options.launch("kiosk", append(r.Env(), env...), append([]string{"-config", r.Config()}, args...)...)
}

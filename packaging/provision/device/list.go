package device

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/ipp"
	"bianmin/drivers/link"
	"bianmin/drivers/pack"
	"bianmin/drivers/point"
	"bianmin/drivers/scan"
	"bianmin/drivers/scan/escl"
	"bianmin/packaging/places"
	"bianmin/packaging/provision/printed"
)

// shown is one device as the commands tell of it.
type shown struct {
	Kind         string          `json:"kind"`           // usb, hid, evdev, video, serial, pcsc, queue, escl, sane, network
	Link         string          `json:"link,omitempty"` // for --link and terminal.yaml; "" where nothing opens it
	Role         drivers.Role    `json:"role,omitempty"` // "" where it is not known
	Pack         string          `json:"pack,omitempty"`
	Name         *pack.Name      `json:"name,omitempty"`
	IDs          string          `json:"ids,omitempty"`
	Maker        string          `json:"maker,omitempty"`
	Model        string          `json:"model,omitempty"`
	Serial       string          `json:"serial,omitempty"`
	Socket       string          `json:"socket,omitempty"`
	Baud         int             `json:"baud,omitempty"`
	Certificate  string          `json:"certificate,omitempty"` // fingerprint, for --certificate and terminal.yaml
	Capabilities []string        `json:"capabilities,omitempty"`
	Quirks       []string        `json:"quirks,omitempty"`
	Status       *drivers.Status `json:"status,omitempty"` // of one that was asked
	Note         string          `json:"note,omitempty"`   // its words are noteKey's
	Means        *pack.Name      `json:"means,omitempty"`  // the note in words
}

// noteKey begins the keys of the words for what is to be said of a device beside what it is.
const noteKey = "provision.device.note."

func (l look) noted(s shown, note string) shown {
	if note != "" {
		s.Note, s.Means = note, &pack.Name{Zh: l.words.T(text.Chinese, noteKey+note, nil), En: l.words.T(text.English, noteKey+note, nil)}
	}
	return s
}

// look is what both commands look at.
type look struct {
	root    string
	json    bool
	timeout time.Duration
	asking  bool   // also ask those that are known
	network string // interface in whose network to look too, "all" for every one, "" for none
	words   *text.Catalog
}

// listed is the answer.
type listed struct {
	Devices  []shown  `json:"devices"`
	Problems []string `json:"problems,omitempty"` // what could not be looked at
}

func listCommand() *cobra.Command {
	return lookCommand(false, "list", "Show which devices are plugged in / 列出插着的设备",
		"Show serial ports, known devices and printers on USB, and print queues: what the system tells of them. No byte is sent to a reader or a receipt printer.")
}

func probeCommand() *cobra.Command {
	return lookCommand(true, "probe", "Ask the devices that are plugged in what they are / 询问插着的设备",
		"As list, and ask: serial ports at each speed, and what is on USB in the protocol that its device pack names. Asking prints nothing and moves nothing; "+
			"what is not known is not asked. The kiosk holds its devices alone: end it first.")
}

func lookCommand(asking bool, use, short, long string) *cobra.Command {
	l := look{asking: asking}
	command := &cobra.Command{
		Use: use, Short: short, Long: long, Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			command.SilenceUsage = true
			ctx, cancel := context.WithTimeout(command.Context(), l.timeout)
			defer cancel()
			var err error
			if l.words, err = text.Load(assets.Words()); err != nil {
				return err
			}
			all := l.around(ctx)
			if l.json {
				return printed.JSON(command.OutOrStdout(), all)
			}
			for _, problem := range all.Problems {
				_, _ = fmt.Fprintln(command.ErrOrStderr(), problem)
			}
			return printListed(command.OutOrStdout(), all.Devices)
		},
	}
	flags := command.Flags()
	flags.BoolVar(&l.json, "json", false, "print JSON")
	flags.DurationVar(&l.timeout, "timeout", time.Minute, "how long to look at most")
	flags.StringVar(&l.network, "network", "", "look in the network too: of this interface, or of all when none is named")
	flags.Lookup("network").NoOptDefVal = everyNetwork
	flags.StringVar(&l.root, "root", "/", "where the machine's file system is")
	return command
}

// around looks around: what is on USB first.
func (l look) around(ctx context.Context) listed {
	all := listed{Devices: []shown{}}
	trouble := func(what string, err error) {
		if err != nil {
			all.Problems = append(all.Problems, what+": "+err.Error())
		}
	}
	packs, err := places.Packs(l.root)
	trouble("device packs", err)
	spooler := places.Printers(l.root)
	printers, err := ipp.Find(ctx, spooler, ipp.Options{Now: time.Now})
	trouble("print queues", err)
	attached, err := point.Attachments(l.root, packs)
	trouble("USB", err)
	if l.asking {
		attached = point.Introduce(attached, packs)
	}
	all.Devices = append(all.Devices, l.usb(ctx, attached, printers)...)
	typing, err := point.Typing(l.root, packs)
	trouble("input devices", err)
	for _, a := range typing {
		all.Devices = append(all.Devices, l.noted(shown{Kind: "evdev", Link: a.Link, IDs: a.IDs(), Model: a.Model, Serial: a.Serial, Socket: a.Port}, "types"))
	}
	lines, err := l.serial(ctx, packs)
	trouble("serial ports", err)
	all.Devices = append(all.Devices, lines...)
	if l.root == "/" {
		chips, err := chipReaders(ctx)
		trouble("chip card readers", err)
		all.Devices = append(all.Devices, chips...)
	}
	for _, f := range printers {
		s := shown{Kind: "queue", Link: f.Link, Role: drivers.RoleDocument, Model: f.Status.Model, Status: &f.Status}
		note := ""
		if !f.PDF {
			note = "no-pdf"
		}
		all.Devices = append(all.Devices, l.noted(s, note))
	}
	if l.asking {
		for _, f := range escl.Find(ctx, spooler.USB, escl.Options{}) {
			all.Devices = append(all.Devices, shown{Kind: "escl", Link: f.Link, Role: drivers.RoleScanner, Model: f.Model, Serial: f.Serial, Certificate: f.Certificate})
		}
	}
	if l.network != "" {
		near, err := l.neighbours(ctx)
		trouble("network", err)
		all.Devices = append(all.Devices, near...)
	}
	if l.asking && l.root == "/" {
		names, err := scan.List(ctx, scan.Options{})
		trouble("scanners", err)
		for _, name := range names {
			all.Devices = append(all.Devices, shown{Kind: "sane", Link: "sane:" + name, Role: drivers.RoleScanner})
		}
	}
	return all
}

func (l look) usb(ctx context.Context, attached []point.Attached, printers []ipp.Found) (all []shown) {
	var answers []point.Found
	if l.asking {
		answers = point.Ask(ctx, attached, time.Now)
	}
	for i, a := range attached {
		kind, _, _ := strings.Cut(cmp.Or(a.Link, "usb:"), ":")
		s := shown{Kind: kind, Link: a.Link, Role: a.Role, IDs: a.IDs(), Maker: a.Maker, Model: a.Model, Serial: a.Serial, Socket: a.Port}
		s.known(a.Pack)
		note := ""
		switch {
		case a.Role == "":
			note = "unknown-printer"
		case a.Role == drivers.RoleDocument && !a.Served(printers):
			note = "no-queue"
			if a.IPP {
				note = "no-ipp-usb"
			}
		case l.asking && a.Role != drivers.RoleDocument && a.Role != drivers.RoleCode:
			note = answered(answers[i], &s)
		}
		all = append(all, l.noted(s, note))
	}
	return all
}

// known tells what a pack knows.
func (s *shown) known(p *pack.Pack) {
	if p != nil {
		s.Pack, s.Name, s.Capabilities, s.Quirks = p.ID, &p.Name, p.Capabilities, p.Quirks
	}
}

// answered takes an answer over, and gives the note where there was none.
func answered(f point.Found, s *shown) string {
	switch {
	case f.Role != "":
		s.Role, s.Status, s.Baud = f.Role, &f.Status, f.Baud
		return ""
	case f.Err == nil:
		return "silent"
	case errors.Is(f.Err, link.ErrNotPermitted):
		return "not-permitted"
	case errors.Is(f.Err, link.ErrBusy):
		return "busy"
	}
	return "trouble"
}

// serial tells of serial ports, with the adapter that each is behind and what is known to stand there.
func (l look) serial(ctx context.Context, packs pack.Packs) (all []shown, err error) {
	lines, err := point.Lines(l.root, places.Serial(l.root), packs)
	for _, line := range lines {
		s := shown{Kind: "serial", Link: line.Link}
		if d := line.Adapter; d != nil {
			s.IDs, s.Maker, s.Model, s.Serial, s.Socket = fmt.Sprintf("%04x:%04x", d.Vendor, d.Product), d.Maker, d.Name, d.Serial, d.Port
		}
		s.known(line.Pack)
		if line.Pack != nil {
			s.Role, s.Baud = line.Pack.Role, line.Pack.Settings.Baud
		}
		all = append(all, s)
	}
	if !l.asking {
		return all, err
	}
	for i, f := range point.AskLines(ctx, lines, time.Now) {
		if lines[i].Speaks() {
			continue
		}
		note := answered(f, &all[i])
		all[i] = l.noted(all[i], note)
	}
	return all, err
}

func printListed(out io.Writer, all []shown) error {
	var said strings.Builder
	for _, s := range all {
		words := []string{cmp.Or(string(s.Role), "?"), cmp.Or(s.Link, s.Kind)}
		if s.Name != nil {
			words = append(words, s.Name.Zh+" / "+s.Name.En)
		}
		for _, word := range []string{s.IDs, strings.TrimSpace(s.Maker + " " + s.Model), s.Serial, s.Certificate} {
			if word != "" {
				words = append(words, word)
			}
		}
		if s.Socket != "" {
			words = append(words, "@"+s.Socket)
		}
		if s.Status != nil {
			words = append(words, string(s.Status.Condition))
		}
		said.WriteString(strings.Join(words, "  ") + "\n")
		if s.Means != nil {
			said.WriteString("    " + s.Means.Zh + " / " + s.Means.En + "\n")
		}
	}
	if len(all) == 0 {
		said.WriteString("没有找到设备 / no devices were found\n")
	}
	if _, err := io.WriteString(out, said.String()); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

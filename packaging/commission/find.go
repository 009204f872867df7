package commission

import (
	"cmp"
	"context"
	"maps"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/ipp"
	"bianmin/drivers/lan"
	"bianmin/drivers/pack"
	"bianmin/drivers/point"
	"bianmin/drivers/scan"
	"bianmin/drivers/scan/camera"
	"bianmin/drivers/scan/escl"
	"bianmin/drivers/social"
	"bianmin/packaging/places"
	"bianmin/packaging/settings"
)

// Finding is a device that was found, or named before.
type Finding struct {
	Role   drivers.Role
	Name   string // link, or SANE's name
	Baud   int    // of a serial line, 0 where that is not known
	Model  string
	Serial string
	// Certificate is the fingerprint of what a scanner shows over TLS: it is believed now, and kept.
	Certificate string
	Given       bool // named in the configuration or the answers
	Second      bool // there is one of this role already, or it is used only when somebody chooses it
	// Network says that it was found on the network: it may be anybody's, and is used only when somebody chooses it.
	Network bool
	// State is how an A4 printer says it is: StateReady, StateBusy, StatePaperLow, or a fault; "" where it was not asked.
	State string
	// Preferred is an A4 printer that the system itself prints on where nobody names one.
	Preferred bool
	// Command is what must be done in a terminal before an A4 printer can be used; it is not used then.
	Command string
	// NoQueue says that the command makes a queue for a printer on USB that has none.
	NoQueue bool
	// Pack is what is known of a device on USB, or behind a serial line; nil for others.
	Pack *pack.Pack
}

// States of Finding that are no fault.
const (
	StateReady    = "ready"
	StateBusy     = "busy"
	StatePaperLow = "paper-low"
)

// search is one look for devices.
type search struct {
	configuration *configuration
	devices       map[string]any // of the configuration
	root          string
	settings      settings.Settings
	places        ipp.Places
	packs         pack.Packs
	attached      []point.Attached // on USB, without a serial line
	now           func() time.Time
	found         []Finding
	silent        []string      // serial lines on which nothing answers: a button may stand there
	problem       drivers.Fault // of the print spooler
}

// find looks for what the configuration does not name, and puts it there.
func (s *search) find(ctx context.Context) {
	s.found = given(s.settings.Devices)
	s.devices = s.configuration.devices()
	s.serial(ctx)
	s.usb(ctx)
	s.printers(ctx)
	if s.settings.Devices.Social == nil && s.root == "/" {
		s.chips(ctx)
	}
	if s.settings.Devices.Scanner == nil && s.root == "/" {
		s.scanners(ctx)
		s.cameras(ctx)
	}
	if s.root == "/" {
		s.network(ctx, lan.Options{})
	}
}

// network shows the scanners and A4 printers of the network, where none is configured.
func (s *search) network(ctx context.Context, options lan.Options) {
	all, err := lan.Look(ctx, options)
	if err != nil && len(all) == 0 {
		return // there is no network: what is plugged in counts
	}
	for _, f := range all {
		finding := Finding{Role: drivers.RoleScanner, Name: f.Link(), Model: cmp.Or(f.Model, f.Name), Network: true}
		configured := s.settings.Devices.Scanner != nil
		if f.Kind == lan.Printer {
			finding.Role, configured = drivers.RoleDocument, s.settings.Devices.Document != nil
		}
		known := func(o Finding) bool { return o.Role == finding.Role && sameAddress(o.Name, finding.Name) }
		if finding.Name == "" || configured || slices.ContainsFunc(s.found, known) {
			continue
		}
		s.add(finding)
	}
}

// scanners looks for scanners: driverless ones on USB first, which need nothing of SANE, then what SANE knows.
func (s *search) scanners(ctx context.Context) {
	for _, f := range escl.Find(ctx, s.places.USB, escl.Options{}) {
		s.add(Finding{Role: drivers.RoleScanner, Name: f.Link, Model: f.Model, Serial: f.Serial, Certificate: f.Certificate})
	}
	names, err := scan.List(ctx, scan.Options{})
	if err != nil {
		return // there is no SANE, or it is broken: the technician sees that no scanner was found
	}
	for _, name := range names {
		s.add(Finding{Role: drivers.RoleScanner, Name: name})
	}
}

// cameras adds those that are sharp enough for a page, behind every scanner: many a camera is there for faces.
func (s *search) cameras(ctx context.Context) {
	for _, a := range s.attached {
		if a.Pack == nil || a.Pack.Link != pack.LinkVideo || slices.ContainsFunc(s.found, func(f Finding) bool { return a.Names(f.Name) }) {
			continue
		}
		c, err := camera.Open(ctx, a.Link, camera.Options{Now: s.now})
		if err != nil {
			continue // in another program's hands, or none that we understand: the technician sees that no scanner was found
		}
		if c.Legible() && c.Close() == nil {
			s.add(Finding{Role: drivers.RoleScanner, Name: a.Link, Model: a.Model, Serial: a.Serial, Pack: a.Pack})
		}
	}
}

// chips looks for chip card readers; without the PC/SC service there is none that could be used.
func (s *search) chips(ctx context.Context) {
	found, err := social.Find(ctx)
	if err != nil {
		return
	}
	for _, f := range found {
		s.add(Finding{Role: drivers.RoleSocial, Name: f.Link, Model: f.Name})
	}
}

func (s *search) serial(ctx context.Context) {
	var taken, paths []string
	for _, f := range s.found {
		taken = append(taken, portOf(f.Name))
	}
	if d := s.settings.Devices; d.Code != nil { // it is no device that is found, and must not be asked as one
		taken = append(taken, portOf(d.Code.Link))
	}
	for _, path := range places.Serial(s.root) {
		if name := "serial:" + path; !slices.Contains(taken, portOf(name)) { // another name of a taken port is taken too
			paths = append(paths, path)
		}
	}
	lines, _ := point.Lines(s.root, paths, s.packs) // where the system does not tell what they are behind they are asked all the same
	for i, f := range point.AskLines(ctx, lines, s.now) {
		switch {
		case f.Role != "":
			s.add(Finding{Role: f.Role, Name: f.Link, Baud: f.Baud, Model: f.Status.Model, Serial: f.Status.Serial, Pack: lines[i].Pack})
		case f.Err == nil && !lines[i].Speaks():
			s.silent = append(s.silent, f.Link)
		}
	}
}

// usb looks for what has no serial line: what its pack says how to talk to is asked, and used where it answers.
func (s *search) usb(ctx context.Context) {
	all, err := point.Attachments(s.root, s.packs)
	if err != nil {
		return // no USB that could be looked at
	}
	all = point.Introduce(all, s.packs)
	s.attached = all
	var left []point.Attached
	for _, a := range all {
		if !slices.ContainsFunc(s.found, func(f Finding) bool { return a.Names(f.Name) }) {
			left = append(left, a)
		}
	}
	for i, f := range point.Ask(ctx, left, s.now) {
		if f.Role != "" && f.Role != drivers.RoleScanner {
			s.add(Finding{Role: f.Role, Name: f.Link, Model: f.Status.Model, Serial: f.Status.Serial, Pack: left[i].Pack})
		}
	}
}

// portOf is the port behind a serial link's name; a port has several.
func portOf(name string) string {
	path, ok := strings.CutPrefix(name, "serial:")
	if !ok {
		return name
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// add keeps what was found, and puts the first of its role that can be used into the configuration.
func (s *search) add(f Finding) {
	f.Second = s.devices[string(f.Role)] != nil || f.Command != "" || f.Network
	if !f.Second {
		s.devices[string(f.Role)] = f.entry()
	}
	s.found = append(s.found, f)
}

// entry is what terminal.yaml says of it.
func (f Finding) entry() map[string]any {
	entry := map[string]any{"link": f.Name}
	if f.Role == drivers.RoleScanner && escl.CheckLink(f.Name, f.Certificate) != nil && camera.CheckLink(f.Name) != nil {
		return map[string]any{"sane": f.Name}
	}
	if f.Certificate != "" {
		entry["certificate"] = f.Certificate
	}
	if f.Baud > 0 {
		entry["baud"] = f.Baud
	}
	if p := f.Pack; p != nil && f.Role == drivers.RolePrinter {
		for key, value := range map[string]any{"paper": p.Settings.Paper, "raster": p.Has(pack.RasterQR), "noCutter": p.Has(pack.NoCutter)} {
			if value != 0 && value != false {
				entry[key] = value
			}
		}
	}
	return entry
}

// printers looks for A4 printers. One that the configuration names already is shown with what it says of itself.
func (s *search) printers(ctx context.Context) {
	all, err := ipp.Find(ctx, s.places, ipp.Options{Now: s.now})
	if err != nil {
		s.problem = drivers.FaultOf(err)
	}
	for _, f := range all {
		finding := Finding{Role: drivers.RoleDocument, Name: f.Link, Model: f.Status.Model, State: stateOf(f.Status), Preferred: f.Default}
		if !f.PDF {
			finding.Command = queueCommand(f.Link)
		}
		same := func(o Finding) bool { return o.Role == finding.Role && sameAddress(o.Name, finding.Name) }
		if i := slices.IndexFunc(s.found, same); i >= 0 {
			s.found[i].Model, s.found[i].State, s.found[i].Preferred, s.found[i].Command = finding.Model, finding.State, finding.Preferred, finding.Command
			continue
		}
		s.add(finding)
	}
	for _, a := range s.attached {
		if a.Role == drivers.RoleDocument && !a.Served(all) {
			s.add(Finding{Role: a.Role, Name: a.URI(), Model: a.Model, Serial: a.Serial, Command: makeQueue(a), NoQueue: true, Pack: a.Pack})
		}
	}
}

// makeQueue is what makes a printer on USB usable: the program that gives it an address, or a queue with the driver that suits.
func makeQueue(a point.Attached) string {
	if a.IPP {
		return "sudo apt-get install ipp-usb"
	}
	return "sudo lpadmin -p a4 -E -v '" + a.URI() + "' -m DRIVER"
}

// queueCommand makes a queue for a printer that does not take PDF itself; CUPS then turns pages into what it takes.
func queueCommand(link string) string { return "sudo lpadmin -p a4 -E -v " + link + " -m everywhere" }

func stateOf(s drivers.Status) string {
	switch {
	case s.Fault != drivers.FaultNone:
		return string(s.Fault)
	case s.Paper == drivers.PaperLow:
		return StatePaperLow
	case s.Condition == drivers.Busy:
		return StateBusy
	}
	return StateReady
}

// sameAddress tells whether two links name one printer of this machine.
func sameAddress(a, b string) bool {
	plain := func(link string) string {
		u, err := url.Parse(link)
		if err != nil {
			return link
		}
		host, port := u.Hostname(), u.Port()
		if address, err := netip.ParseAddr(host); host == "localhost" || err == nil && address.IsLoopback() {
			host = "localhost"
		}
		if port == "" {
			port = "631"
		}
		return u.Scheme + "://" + host + ":" + port + u.Path
	}
	return plain(a) == plain(b)
}

// correct puts what a technician said into the configuration.
func (s *search) correct(ctx context.Context, devices map[string]any, corrections map[string]string) {
	for _, role := range slices.Sorted(maps.Keys(corrections)) {
		name := corrections[role]
		if name == "" {
			delete(devices, role)
			continue
		}
		said := Finding{Role: drivers.Role(role), Name: name}
		for _, f := range s.found {
			if f.Role == said.Role && f.Name == name {
				said.Baud, said.Pack, said.Certificate = f.Baud, f.Pack, f.Certificate
			}
		}
		if said.Role == drivers.RoleScanner && said.Certificate == "" {
			said.meet(ctx)
		}
		devices[role] = said.entry()
	}
}

// meet takes a scanner that the technician names at its word, so that its certificate is kept. One that does not answer now is tried,
// and found out about, with the others.
func (f *Finding) meet(ctx context.Context) {
	met, err := escl.Meet(ctx, f.Name, escl.Options{})
	if err != nil {
		return
	}
	f.Name, f.Certificate = met.Link(), met.Certificate()
	_ = met.Close() // nothing is held
}

func given(d settings.Devices) (all []Finding) {
	add := func(role drivers.Role, name string) { all = append(all, Finding{Role: role, Name: name, Given: true}) }
	if d.Reader != nil {
		add(drivers.RoleReader, d.Reader.Link)
	}
	if d.Social != nil {
		add(drivers.RoleSocial, d.Social.Link)
	}
	if d.Printer != nil {
		add(drivers.RolePrinter, d.Printer.Link)
	}
	if d.Document != nil {
		add(drivers.RoleDocument, d.Document.Link)
	}
	if d.Scanner != nil {
		add(drivers.RoleScanner, cmp.Or(d.Scanner.Link, d.Scanner.SANE))
	}
	if d.Button != nil {
		add(drivers.RoleButton, d.Button.Link)
	}
	return all
}

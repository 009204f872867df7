package point

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/idcard"
	"bianmin/drivers/ipp"
	"bianmin/drivers/link"
	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/hid"
	"bianmin/drivers/link/video"
	"bianmin/drivers/pack"
	"bianmin/drivers/scan/camera"
)

// Attached is a device on USB, without a serial line, that is the terminal's or may be.
type Attached struct {
	Link                 string       // opens it; "" for one that is only printed on through a queue
	Role                 drivers.Role // "" for a printer of which nothing says whether it prints receipts or pages
	Pack                 *pack.Pack   // nil where none fits
	Vendor, Product      uint16
	Maker, Model, Serial string
	Port                 string // its socket, "1-1.2"
	IPP                  bool   // a printer that talks IPP over its cable (ipp-usb)
}

// Attachments gives what is plugged in and known by a device pack, and printers of which nothing is known. It opens no device and sends none a byte.
// root is the folder in which "sys" lies, "/" but for tests.
func Attachments(root string, packs pack.Packs) ([]Attached, error) {
	devices, err := bus.List(root)
	if err != nil {
		return nil, err
	}
	nodes, err := hid.List(root)
	if err != nil {
		return nil, err
	}
	var all []Attached
	for _, d := range devices {
		known := packs.OfUSB(d)
		if known != nil || d.Printer() {
			all = append(all, onUSB(d, known, devices))
		}
	}
	for _, n := range nodes {
		if known := packs.OfHID(n); known != nil {
			all = append(all, onHID(n, known, nodes))
		}
	}
	cameras, err := video.List(root)
	if err != nil {
		return nil, err
	}
	for _, n := range cameras {
		if known := packs.OfVideo(n); known != nil {
			all = append(all, onVideo(n, known, cameras))
		}
	}
	keyboards, err := typing(root, packs)
	return append(all, slices.DeleteFunc(keyboards, func(a Attached) bool { return a.Pack == nil })...), err
}

// Introduce asks printers of which nothing is known what they are, where the kernel's driver (usblp) has not: a question on the control pipe that prints
// nothing. The rest stays as it is.
func Introduce(attached []Attached, packs pack.Packs) []Attached {
	all := slices.Clone(attached)
	for i, a := range all {
		if a.Role != "" || a.Pack != nil {
			continue
		}
		said, err := link.DeviceID(a.Link)
		known := packs.OfUSB(bus.Device{Vendor: a.Vendor, Product: a.Product, Interfaces: []bus.Interface{{Class: bus.PrinterClass, DeviceID: bus.Clean(said)}}})
		if err != nil || known == nil {
			continue
		}
		id := bus.ParseID(said)
		all[i].Pack, all[i].Role = known, known.Role
		all[i].Maker, all[i].Model = cmp.Or(id.Maker, a.Maker), cmp.Or(id.Model, a.Model)
		if known.Link == pack.LinkQueue {
			all[i].Link = ""
		}
	}
	return all
}

func onUSB(d bus.Device, known *pack.Pack, all []bus.Device) Attached {
	const ippUSB = 4
	a := Attached{Pack: known, Vendor: d.Vendor, Product: d.Product, Maker: d.Maker, Model: d.Name, Serial: d.Serial, Port: d.Port}
	for _, i := range d.Interfaces {
		if id := bus.ParseID(i.DeviceID); id.Model != "" {
			a.Maker, a.Model = cmp.Or(id.Maker, a.Maker), id.Model
		}
		a.IPP = a.IPP || i.Class == bus.PrinterClass && i.Protocol == ippUSB
	}
	if known != nil {
		a.Role, a.Model = known.Role, cmp.Or(a.Model, known.Name.En)
		if known.Link == pack.LinkQueue {
			return a
		}
	}
	same := func(o bus.Device) bool { return o.Vendor == d.Vendor && o.Product == d.Product }
	twins := slices.DeleteFunc(slices.Clone(all), func(o bus.Device) bool { return !same(o) })
	alone := !slices.ContainsFunc(twins, func(o bus.Device) bool { return o.Port != d.Port && o.Serial == d.Serial })
	a.Link = "usb:" + name(d.Vendor, d.Product, d.Serial, d.Port, len(twins), alone)
	return a
}

func onHID(n hid.Node, known *pack.Pack, all []hid.Node) Attached {
	a := Attached{Role: known.Role, Pack: known, Vendor: n.Vendor, Product: n.Product, Model: cmp.Or(n.Name, known.Name.En), Serial: n.Serial, Port: n.Port}
	same := func(o hid.Node) bool { return o.Vendor == n.Vendor && o.Product == n.Product && o.Port != n.Port }
	twins := 1
	alone := true
	for _, o := range all {
		if same(o) || o.Vendor == n.Vendor && o.Product == n.Product && o.Port == "" && o.Path != n.Path {
			twins++
			alone = alone && o.Serial != n.Serial
		}
	}
	a.Link = "hid:" + name(n.Vendor, n.Product, n.Serial, n.Port, twins, alone)
	return a
}

func onVideo(n video.Node, known *pack.Pack, all []video.Node) Attached {
	a := Attached{Role: known.Role, Pack: known, Vendor: n.Vendor, Product: n.Product, Model: cmp.Or(n.Name, known.Name.En), Serial: n.Serial, Port: n.Port}
	twins := slices.DeleteFunc(slices.Clone(all), func(o video.Node) bool { return o.Vendor != n.Vendor || o.Product != n.Product })
	alone := !slices.ContainsFunc(twins, func(o video.Node) bool { return o.Path != n.Path && o.Serial == n.Serial })
	if slices.ContainsFunc(twins, func(o video.Node) bool { return o.Path != n.Path && o.Port == n.Port }) {
		a.Link = "video:" + n.Path // two lenses of one device: only the file tells them apart
		return a
	}
	a.Link = "video:" + name(n.Vendor, n.Product, n.Serial, n.Port, len(twins), alone)
	return a
}

// name names one device so that it is found again: by its ids, so that another of its model may take its place; where there are several, by its serial
// number, or where that is none or the same, by its socket.
func name(vendor, product uint16, serial, port string, several int, unique bool) string {
	p := bus.Place{Vendor: vendor, Product: product}
	if several == 1 {
		return p.String()
	}
	p.Serial = serial
	if again, err := bus.ParsePlace(p.String()); serial != "" && unique && err == nil && again == p {
		return p.String()
	}
	p.Serial, p.Port = "", port
	return p.String()
}

// Names tells whether a link of the configuration means this device.
func (a Attached) Names(name string) bool {
	if name != "" && name == a.Link {
		return true
	}
	kind, rest, _ := strings.Cut(name, ":")
	if mine, _, _ := strings.Cut(a.Link, ":"); mine != kind {
		return false
	}
	p, err := bus.ParsePlace(rest)
	printer := a.Pack == nil || a.Role == drivers.RolePrinter
	return err == nil && p.Is(a.Vendor, a.Product, printer, a.Port) && (p.Serial == "" || p.Serial == a.Serial)
}

// URI is what CUPS calls a printer on USB.
func (a Attached) URI() string {
	u := url.URL{Path: "/" + cmp.Or(a.Maker, "Unknown") + "/" + a.Model}
	text := "usb:/" + u.EscapedPath()
	if a.Serial != "" {
		text += "?serial=" + url.PathEscape(a.Serial)
	}
	return text
}

// Served tells whether one of the printers that were found is this one: its queue, or what ipp-usb makes of it.
func (a Attached) Served(printers []ipp.Found) bool {
	return slices.ContainsFunc(printers, func(f ipp.Found) bool {
		u, err := url.Parse(f.Device)
		if err == nil && u.Scheme == "usb" {
			if serial := u.Query().Get("serial"); serial != "" && a.Serial != "" {
				return serial == a.Serial
			}
			return a.Model != "" && strings.EqualFold(strings.Trim(u.Path, "/"), a.Model)
		}
		return a.IPP && a.Model != "" && strings.Contains(strings.ToLower(f.Status.Model), strings.ToLower(a.Model))
	})
}

// Ask asks attached readers and receipt printers how they are, each in the protocol that its pack names: what prints nothing and moves nothing. Nothing is
// sent to a device without a pack. The answers are in the devices' order; one without a role did not answer, Err says why it could not be asked.
func Ask(ctx context.Context, attached []Attached, now func() time.Time) []Found {
	found := make([]Found, len(attached))
	var asking sync.WaitGroup
	for i, a := range attached {
		found[i] = Found{Link: a.Link}
		if a.Pack != nil && a.Link != "" {
			asking.Go(func() { found[i] = ask(ctx, a, now) })
		}
	}
	asking.Wait()
	return found
}

func ask(ctx context.Context, a Attached, now func() time.Time) Found {
	f := Found{Link: a.Link}
	switch a.Role {
	case drivers.RolePrinter:
		is, err := isPrinter(ctx, a.Link, 0)
		if f.Err = err; is {
			f.Role, f.Status = a.Role, drivers.Status{Role: a.Role, Condition: drivers.Online, At: now()}
		}
	case drivers.RoleScanner:
		f.Status, f.Err = lookAt(ctx, a.Link, now)
		f.Role = f.Status.Role
	case drivers.RoleReader:
		opened, err := link.Open(ctx, a.Link, link.Options{})
		if err != nil {
			f.Err = err
			return f
		}
		limited, cancel := context.WithTimeout(ctx, readerAnswer)
		defer cancel()
		reader := idcard.New(opened, idcard.Options{Limit: readerAnswer, Now: now})
		if status, err := reader.Status(limited); err == nil {
			f.Role, f.Status = a.Role, status
		}
		f.Err = reader.Close()
	}
	if f.Status.Role != "" {
		f.Status.Model, f.Status.Serial = cmp.Or(f.Status.Model, a.Model), cmp.Or(f.Status.Serial, a.Serial)
	}
	return f
}

// lookAt asks a camera how it is; it stays off.
func lookAt(ctx context.Context, link string, now func() time.Time) (drivers.Status, error) {
	c, err := camera.Open(ctx, link, camera.Options{Now: now})
	if err != nil {
		return drivers.Status{}, err
	}
	status, err := c.Status(ctx)
	return status, errors.Join(err, c.Close())
}

// IDs are its vendor and product as people look them up.
func (a Attached) IDs() string { return fmt.Sprintf("%04x:%04x", a.Vendor, a.Product) }

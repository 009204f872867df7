package device

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"bianmin/drivers"
	"bianmin/drivers/escpos"
	"bianmin/drivers/pack"
	"bianmin/drivers/point"
	"bianmin/packaging/places"
)

// known is the device pack of what stands at a link; nil where nothing is known of it. It opens nothing.
func (l *line) known() *pack.Pack {
	packs, _ := places.Packs(l.root) // which file is no pack is said by device list
	if path, ok := strings.CutPrefix(l.link, "serial:"); ok {
		if lines, err := point.Lines(l.root, []string{path}, packs); err == nil {
			return lines[0].Pack
		}
		return nil
	}
	attached, err := point.Attachments(l.root, packs)
	if err != nil {
		return nil
	}
	if i := slices.IndexFunc(attached, func(a point.Attached) bool { return a.Names(l.link) }); i >= 0 {
		return attached[i].Pack
	}
	return nil
}

// suits takes from the printer's pack what nobody has said on the command line.
func (l *line) suits(command *cobra.Command, profile *escpos.Profile) {
	said := func(flag string) bool { return command.Flags().Changed(flag) }
	if ippLink(l.link) || said("paper") && said("raster") && said("no-cutter") {
		return
	}
	p := l.known()
	if p == nil || p.Role != drivers.RolePrinter {
		return
	}
	if !said("paper") {
		profile.Paper = cmp.Or(p.Settings.Paper, profile.Paper)
	}
	if !said("raster") {
		profile.RasterQR = p.Has(pack.RasterQR)
	}
	if !said("no-cutter") {
		profile.NoCutter = p.Has(pack.NoCutter)
	}
	if p.Settings.Baud != 0 && !said("baud") {
		l.baud = p.Settings.Baud
	}
}

// roleOf is what the device at a link is for, as far as its name or its pack tells; "" where they do not.
func (l *line) roleOf() drivers.Role {
	switch kind, _, _ := strings.Cut(l.link, ":"); kind {
	case "ipp":
		return drivers.RoleDocument
	case "escl", "escls", "sane", "video":
		return drivers.RoleScanner
	case "evdev":
		return drivers.RoleCode
	case "pcsc":
		return drivers.RoleSocial
	}
	if p := l.known(); p != nil {
		return p.Role
	}
	return ""
}

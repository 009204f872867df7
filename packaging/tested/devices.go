package tested

import (
	"bianmin/drivers"
	"bianmin/drivers/point"
	"bianmin/drivers/selftest"
)

// Devices are those of a running device manager.
func Devices(p *point.Point) selftest.Devices {
	return selftest.Devices{
		Reader: p.Reader(), Social: p.Social(), Printer: p.Printer(), Document: p.Document(), Scanner: p.Scanner(), Code: p.Code(), Button: p.Button(), Statuses: p.Statuses,
	}
}

// Roles are those that there are.
func Roles(d selftest.Devices) (all []drivers.Role) {
	for _, role := range selftest.Roles() {
		if d.Has(role) {
			all = append(all, role)
		}
	}
	return all
}

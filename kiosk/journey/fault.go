package journey

import (
	"context"

	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/drivers"
)

// fault is a device that is needed now and does not work.
type fault struct {
	role  drivers.Role
	kind  drivers.Fault
	at    Screen // where it was needed
	begin bool   // the application has not begun: going back leads to the guide
}

// printerSeen is what the printer said when it was asked before signing.
type printerSeen struct {
	status drivers.Status
	err    error
}

func (printerSeen) event() {}

func (m *machine) faultEvent(event Event) bool {
	switch event := event.(type) {
	case Retry:
		if m.screen == DeviceFault {
			m.retry()
		}
	case Skip:
		if m.screen == DeviceFault && m.fault.skippable() {
			m.draft.noReceipt = true
			m.to(Review)
		}
	case DeviceChanged:
		m.deviceChanged(event.Status)
	case printerSeen:
		m.printerSeen(event)
	default:
		return false
	}
	return true
}

// fail shows that a device needed now does not work.
func (m *machine) fail(role drivers.Role, kind drivers.Fault) {
	m.log.Warn("device needed is not ready", "role", string(role), "fault", string(kind))
	m.fault = fault{role: role, kind: kind, at: m.screen}
	m.to(DeviceFault)
}

// skippable tells whether the person can go on without the device: a receipt on paper is not what files a case.
func (f fault) skippable() bool { return f.role == drivers.RolePrinter }

// retry tries again what needed the device.
func (m *machine) retry() {
	switch {
	case m.fault.role == drivers.RolePrinter:
		m.askPrinter()
	case m.fault.begin:
		if status, known := m.statuses[m.fault.role]; known && status.Fault == "" {
			m.placeCard(purposeApply)
		}
	case m.fault.role == drivers.RoleScanner:
		active := m.draft.active
		m.to(Materials)
		m.scan(active, "")
	default:
		m.to(m.fault.at)
	}
}

// recover goes on by itself when the device is there again.
func (m *machine) recovered() {
	switch {
	case m.fault.begin:
		m.placeCard(purposeApply)
	case m.fault.role == drivers.RolePrinter:
		m.to(Review)
	default:
		m.to(m.fault.at)
	}
}

// lookAtDevices notices what the device manager found out since the last look.
func (m *machine) lookAtDevices() {
	for _, status := range m.options.Devices.Statuses() {
		before, known := m.told[status.Role]
		m.told[status.Role] = status
		before.At = status.At
		if !known || before != status {
			m.deviceChanged(status)
		}
	}
}

func (m *machine) deviceChanged(status drivers.Status) {
	m.statuses[status.Role] = status
	if m.screen != DeviceFault || m.fault.role != status.Role {
		return
	}
	if status.Fault == "" && status.Condition == drivers.Online {
		m.recovered()
		return
	}
	if status.Fault != "" {
		m.fault.kind = status.Fault
	}
}

// backFromFault goes where the person can do something else.
func (m *machine) backFromFault() {
	switch {
	case m.fault.begin:
		m.closeErrand()
		m.to(Guide)
	case m.fault.role == drivers.RoleReader, m.fault.role == drivers.RoleSocial:
		m.backFromCard()
	case m.fault.role == drivers.RolePrinter:
		m.backFromReview()
	default:
		m.to(m.fault.at)
	}
}

// scannerMissing tells before anything is entered that the scanner this item always needs does not work.
func (m *machine) scannerMissing() bool {
	kind := m.scannerTrouble()
	if kind == "" || !m.draft.alwaysScans() {
		return false
	}
	m.fail(drivers.RoleScanner, kind)
	m.fault.begin = true
	return true
}

// alwaysScans tells whether the item cannot be applied for without scanning.
func (d *draft) alwaysScans() bool {
	for _, material := range d.set.NeededMaterials(d.item, form.Values{}) {
		promise := material.Promise && d.item.Promise != nil
		if material.Source == catalogue.SourcePerson && material.When == nil && !material.Optional && !promise {
			return true
		}
	}
	return false
}

// checkPrinter asks the printer before the person signs, unless the person knows already.
func (m *machine) checkPrinter() {
	if m.draft.noReceipt {
		return
	}
	m.askPrinter()
}

func (m *machine) askPrinter() {
	printer := m.options.Devices.Printer
	m.fx.launch(slotPrinter, func(ctx context.Context, _ emit) Event {
		if printer == nil {
			return printerSeen{err: &drivers.Error{Role: drivers.RolePrinter, Fault: drivers.FaultUnplugged, Op: "ask printer"}}
		}
		release, err := m.fx.lease(ctx, drivers.RolePrinter)
		if err != nil {
			return nil
		}
		defer release()
		status, err := printer.Status(ctx)
		if ctx.Err() != nil {
			return nil
		}
		return printerSeen{status: status, err: err}
	})
}

func (m *machine) printerSeen(seen printerSeen) {
	kind := seen.status.Fault
	if seen.err != nil {
		kind = drivers.FaultOf(seen.err)
	} else {
		m.statuses[drivers.RolePrinter] = seen.status
	}
	switch {
	case kind == "" && m.screen == DeviceFault && m.fault.role == drivers.RolePrinter:
		m.to(Review)
	case kind != "" && m.screen == Review:
		m.fail(drivers.RolePrinter, kind)
	case kind != "" && m.screen == DeviceFault:
		m.fault.kind = kind
	}
}

func (m *machine) drawDeviceFault(s *State) {
	s.DeviceFault = &DeviceFaultView{
		Role: m.fault.role, Fault: m.fault.kind, Phone: m.options.Place.Phone, Retry: true, Skip: m.fault.skippable(),
	}
}

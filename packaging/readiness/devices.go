package readiness

import (
	"context"
	"slices"
	"time"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/dots"
	"bianmin/drivers/point"
	"bianmin/drivers/selftest"
	"bianmin/packaging/condition"
	"bianmin/sync/reported"
)

// deviceLimit bounds the look at the devices.
const deviceLimit = 25 * time.Second

// Device is a configured device with what it said.
type Device struct {
	drivers.Status
	// Source is "asked" when this look asked the device, or the program that holds it and said so.
	Source string `json:"source"`
	// Link is how the configuration names it.
	Link     string            `json:"link,omitempty"`
	Supplies *Supplies         `json:"supplies,omitempty"` // nil for a device that uses nothing up
	Tests    []selftest.Result `json:"tests,omitempty"`    // the last of each level
}

// devices asks each device over its driver, or reads what the program that holds them has published.
func (l *look) devices(ctx context.Context) {
	config := condition.Devices(l.Settings.Devices)
	if config == (point.Config{}) {
		l.add("devices", "devices", Warn, "none", nil)
		return
	}
	l.remember()
	if l.Held != nil {
		l.held(reported.Told{Program: l.Program, Devices: l.Held()})
		return
	}
	told, err := reported.Load(l.Settings.Data)
	if err != nil {
		l.Log.Warn("what is published of the devices cannot be read", "error", err)
	}
	if told.Live(l.Now()) && !l.Alone {
		l.held(told)
		return
	}
	statuses, err := ask(ctx, config, point.Options{Log: l.Log, Now: l.Now})
	if err != nil {
		l.Log.Warn("the devices are not asked", "error", err)
		l.add("devices", "devices", Fail, "configuration", nil)
		return
	}
	if told, fresh := l.await(ctx, statuses); fresh {
		l.held(told)
		return
	}
	for _, s := range statuses {
		l.wasAsked(s)
		l.device(Device{Status: s, Source: "asked"})
	}
}

func (l *look) held(p reported.Told) {
	for _, s := range p.Devices {
		l.device(Device{Status: s, Source: p.Program})
	}
}

// await waits a moment for the program that has just taken the devices: between two sessions it publishes nothing.
func (l *look) await(ctx context.Context, asked []drivers.Status) (reported.Told, bool) {
	busy := func(s drivers.Status) bool { return s.Fault == drivers.FaultBusy }
	if l.Alone || !slices.ContainsFunc(asked, busy) {
		return reported.Told{}, false
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for range 30 {
		select {
		case <-ctx.Done():
			return reported.Told{}, false
		case <-tick.C:
		}
		if told, err := reported.Load(l.Settings.Data); err == nil && told.Live(l.Now()) {
			return told, true
		}
	}
	return reported.Told{}, false
}

// ask opens every device, asks it once, and lets it go.
func ask(ctx context.Context, config point.Config, options point.Options) ([]drivers.Status, error) {
	face, err := dots.NewFace(assets.FontRegular())
	if err != nil {
		return nil, err
	}
	options.Raster = face
	manager, err := point.Start(ctx, config, options)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, deviceLimit)
	defer cancel()
	statuses := manager.Check(limited)
	return statuses, manager.Close()
}

// device is one finding per device, in the words that the screens use for faults.
func (l *look) device(d Device) {
	d.Link, d.Supplies, d.Tests = linkOf(l.Settings.Devices, d.Role), suppliesOf(d.Status), selftest.Last(l.tests, d.Status)
	l.report.Devices = append(l.report.Devices, d)
	c := Check{ID: "device." + string(d.Role), State: OK, Code: "ok"}
	switch {
	case d.Fault != drivers.FaultNone:
		c.State, c.Code = Fail, string(d.Fault)
	case d.Condition != drivers.Online:
		c.State, c.Code = Fail, string(d.Condition)
	case d.Paper == drivers.PaperLow:
		c.State, c.Code = Warn, "paper-low"
	case d.Toner == drivers.TonerLow:
		c.State, c.Code = Warn, "toner-low"
	}
	zh, en := l.deviceWords(text.Chinese, d, c.Code), l.deviceWords(text.English, d, c.Code)
	c.Name, c.Text, c.Do, c.English = zh.Name, zh.Text, zh.Do, en
	l.report.Checks = append(l.report.Checks, c)
	l.report.State = worse(l.report.State, c.State)
}

func (l *look) deviceWords(lang text.Lang, d Device, code string) Said {
	role := string(d.Role)
	a := args{"serial": d.Serial, "model": d.Model, "program": d.Source}
	said := Said{Name: l.Words.T(lang, "device."+role, nil)}
	fault := "fault." + role + "." + code
	switch {
	case code == "ok" || code == "paper-low" || code == "toner-low":
		said.Text = l.Words.T(lang, "provision.check.devices."+code, a)
	case l.Words.Has(lang, fault+".means"):
		said.Text, said.Do = l.Words.T(lang, fault+".means", a), l.Words.T(lang, "provision.check.devices.fault-do", args{"fault": code})
	default:
		said.Text, said.Do = l.Words.T(lang, "staff.condition."+string(d.Condition), a), l.Words.T(lang, "provision.check.devices.fault-do", args{"fault": code})
	}
	for _, known := range []string{code + "-do", role + "-" + code + "-do"} { // what is said of a role counts more
		if known = "provision.check.devices." + known; l.Words.Has(lang, known) {
			said.Do = l.Words.T(lang, known, a)
		}
	}
	if d.Serial != "" {
		said.Text += l.Words.T(lang, "provision.check.devices.serial", a)
	}
	if d.Source != "asked" {
		said.Text += l.Words.T(lang, "provision.check.devices.held", a)
	}
	return said
}

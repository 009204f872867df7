package view

import (
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/ui"
)

// words are the word catalogue in the language shown.
type words struct {
	catalog *text.Catalog
	lang    text.Lang
}

// args fill placeholders.
type args = map[string]any

// t gives the setup's own words; with gives them filled.
func (w words) t(key string) string { return w.catalog.T(w.lang, "setup."+key, nil) }

func (w words) with(key string, with args) string { return w.catalog.T(w.lang, "setup."+key, with) }

// device names a kind of device.
func (w words) device(role drivers.Role) string {
	return w.catalog.T(w.lang, "device."+string(role), nil)
}

// fault says what a fault means and, where that is known, what to do.
func (w words) fault(role drivers.Role, fault drivers.Fault) string {
	means := string(fault)
	if key := "fault." + string(role) + "." + string(fault) + ".means"; w.catalog.Has(text.Chinese, key) {
		means = w.catalog.T(w.lang, key, nil)
	}
	key := "provision.check.devices." + string(role) + "-" + string(fault) + "-do" // what is said of a role counts more
	if !w.catalog.Has(text.Chinese, key) {
		key = "provision.check.devices." + string(fault) + "-do"
	}
	if w.catalog.Has(text.Chinese, key) && role != drivers.RoleDocument { // what is said there is about rolls
		means += "\n" + w.with("label.do", args{"do": w.catalog.T(w.lang, key, nil)})
	}
	return means
}

// problem says what went wrong; "" when nothing did.
func (w words) problem(key string) string {
	if key == "" {
		return ""
	}
	return w.t("problem." + key)
}

// role is what the machine is for.
func (w words) role(role string) string {
	switch role {
	case "":
		return ""
	case "desk":
		role = "agent"
	}
	return w.catalog.T(w.lang, "provision.acceptance.role-"+role, nil)
}

// results are the tones of how tests ended.
var results = map[string]ui.Tone{"waiting": ui.Muted, "running": ui.Calm, "passed": ui.Good, "failed": ui.Bad, "skipped": ui.Warn, "unseen": ui.Calm}

// states are the tones of checks.
var states = map[string]ui.Tone{"ok": ui.Good, "warn": ui.Warn, "fail": ui.Bad}

package rig

import (
	"syscall"
	"testing"

	"bianmin/packaging/settings"
)

// TestDeskStands enrols a desk: its accounts have codes, its file is one the programs read.
func TestDeskStands(t *testing.T) {
	t.Parallel()
	r := started(t, Options{Bin: built(t, "x11,gles", "./packaging/provision", "./platform"), Role: RoleAgent, Apart: true})
	if group, err := syscall.Getpgid(r.Platform.PID()); err != nil || group != r.Platform.PID() {
		t.Errorf("the platform is in process group %d and ends with whoever gets Ctrl+C: %v", group, err)
	}
	for _, a := range []Account{r.Accounts.Agent, r.Accounts.Lead, r.Accounts.Trainee} {
		if len(a.ID) != 6 || a.Code == "" {
			t.Errorf("account %s has no number or no code", a.Role)
		}
	}
	s, err := settings.Read(r.Config())
	if err != nil {
		t.Fatal(err)
	}
	if s.Screen.Width != DeskWidth || s.Devices.Reader == nil || s.Devices.Scanner == nil || s.Devices.Document == nil {
		t.Errorf("the desk's file says %+v", s)
	}
}

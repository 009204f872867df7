package uplink

// unkept is what could not be written into the outbox of late.
type unkept struct {
	wait    *wait
	packets map[string]bool // each of which others go before
	said    string          // what was logged last
}

// notKept lets everything wait, longer each time: the disk is in trouble, not the link, but sending more would not help. A packet that alone is at
// fault keeps nobody: it stands behind the others, and what is kept of them ends the wait. The log gets news only.
func (u *Uplink) notKept(id, what string, err error) {
	u.disk.packets[id] = true
	d := u.disk.wait.more(0)
	if said := what + ": " + err.Error(); said != u.disk.said {
		u.disk.said = said
		u.Log.Error(what, "packet", id, "error", err)
	}
	u.Log.Debug("waiting for the disk", "packet", id, "wait", d)
	u.show(func(s *State) { s.Problem = ProblemStore })
}

// kept notes that a packet's answer is in the outbox.
func (u *Uplink) kept(id string) {
	delete(u.disk.packets, id)
	if u.disk.said != "" && len(u.disk.packets) == 0 {
		u.disk.said = ""
		u.Log.Info("the outbox takes answers again")
	}
	u.disk.wait.reset(u.Timing.LinkLong)
}

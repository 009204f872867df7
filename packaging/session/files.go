package session

import "io/fs"

// file is one file, or one link, that a role needs. Every file begins by saying whose it is.
type file struct {
	path    string // absolute
	content string
	link    string // the target of a symbolic link, instead of content
	mode    fs.FileMode
}

const header = "# Written by provision session. Changes here are lost; say what you need in another file beside it.\n"

// keepsNothing is CUPS's word for it: pages go when they are printed. The job's name stays for five minutes, because our
// programs ask how the job ended, and one that is forgotten at once can never be known as printed.
const keepsNothing = `n=/etc/cups/cupsd.conf; tail -n 2 $$n | tr "\\n" " " | grep -qx "PreserveJobFiles No PreserveJobHistory 300 " || { echo; echo PreserveJobFiles No; echo PreserveJobHistory 300; } >> $$n`

// away masks units: nothing may lead out of the kiosk.
func away(units ...string) (all []file) {
	for _, unit := range units {
		all = append(all, file{path: "/etc/systemd/system/" + unit, link: "/dev/null"})
	}
	return all
}

func enabled(target string, units ...string) (all []file) {
	for _, unit := range units {
		all = append(all, file{path: "/etc/systemd/system/" + target + ".wants/" + unit, link: "/lib/systemd/system/" + unit})
	}
	return all
}

// both roles: cases are sent, nothing a program held is ever dumped, the journal has a size, what is printed stays nowhere.
func both() []file {
	return append(append(enabled("multi-user.target", "bianmin-sender.service"), append(enabled("timers.target", "bianmin-check.timer", "bianmin-update.timer"), enabled("paths.target", "bianmin-courier.path")...)...),
		file{path: "/etc/systemd/coredump.conf.d/bianmin.conf", mode: 0o644, content: header + "[Coredump]\nStorage=none\nProcessSizeMax=0\n"},
		file{path: "/etc/systemd/journald.conf.d/bianmin.conf", mode: 0o644, content: header + "[Journal]\nStorage=persistent\nSystemMaxUse=200M\nSystemKeepFree=500M\nMaxRetentionSec=60day\nForwardToConsole=no\nForwardToWall=no\n"},
		file{path: "/etc/systemd/system/var-spool-cups.mount", mode: 0o644, content: header + "[Unit]\nDescription=Print jobs in memory only\nBefore=cups.service\nConditionPathExists=/usr/sbin/cupsd\n\n" +
			"[Mount]\nWhat=tmpfs\nWhere=/var/spool/cups\nType=tmpfs\nOptions=size=128m,mode=0710,gid=lp,nodev,nosuid,noexec\n\n[Install]\nWantedBy=multi-user.target\n"},
		file{path: "/etc/systemd/system/multi-user.target.wants/var-spool-cups.mount", link: "/etc/systemd/system/var-spool-cups.mount"},
		// CUPS has one file for its settings and no folder beside it; of two lines the later one counts.
		file{path: "/etc/systemd/system/cups.service.d/bianmin.conf", mode: 0o644, content: header + "[Service]\nExecStartPre=/bin/sh -c '" + keepsNothing + "'\n"},
	)
}

func kiosk() []file {
	all := append(both(), enabled("multi-user.target", "bianmin-kiosk.service")...)
	all = append(all, away(
		"getty@.service", "autovt@.service", "getty-static.service", "console-getty.service", "serial-getty@.service", "debug-shell.service",
		"ctrl-alt-del.target", "sleep.target", "suspend.target", "hibernate.target", "hybrid-sleep.target", "swap.target", "udisks2.service", "display-manager.service",
	)...)
	return append(all,
		file{path: "/etc/systemd/system.conf.d/bianmin.conf", mode: 0o644, content: header + "[Manager]\nCtrlAltDelBurstAction=none\nDumpCore=no\nRuntimeWatchdogSec=30\nShowStatus=no\n"},
		file{path: "/etc/systemd/logind.conf.d/bianmin.conf", mode: 0o644, content: header + "[Login]\nNAutoVTs=0\nReserveVT=0\nHandlePowerKey=poweroff\nHandlePowerKeyLongPress=poweroff\n" +
			"HandleRebootKey=ignore\nHandleSuspendKey=ignore\nHandleHibernateKey=ignore\nHandleLidSwitch=ignore\nIdleAction=ignore\nKillUserProcesses=yes\n"},
		file{path: "/etc/X11/xorg.conf.d/90-bianmin.conf", mode: 0o644, content: header + "Section \"ServerFlags\"\n\tOption \"DontVTSwitch\" \"true\"\n\tOption \"DontZap\" \"true\"\n\tOption \"DontZoom\" \"true\"\n" +
			"\tOption \"BlankTime\" \"0\"\n\tOption \"StandbyTime\" \"0\"\n\tOption \"SuspendTime\" \"0\"\n\tOption \"OffTime\" \"0\"\nEndSection\n"},
		file{path: "/etc/sysctl.d/90-bianmin.conf", mode: 0o644, content: header + "kernel.sysrq = 0\nkernel.core_pattern = |/bin/false\nfs.suid_dumpable = 0\nkernel.yama.ptrace_scope = 2\nkernel.dmesg_restrict = 1\nkernel.panic = 10\n"},
		file{path: "/etc/security/limits.d/90-bianmin.conf", mode: 0o644, content: header + "* hard core 0\n"},
		// A stick is for the technician's commands, and for what a screen asks of bianmin-courier.service; nothing opens it by being plugged in.
		file{path: "/etc/udev/rules.d/61-bianmin-kiosk.rules", mode: 0o644, content: header + "SUBSYSTEM==\"block\", ENV{ID_BUS}==\"usb\", ENV{UDISKS_IGNORE}=\"1\", ENV{SYSTEMD_READY}=\"0\"\n"},
		file{path: "/etc/chrony/conf.d/bianmin.conf", mode: 0o644, content: header + "makestep 1 3\nrtcsync\nmaxdistance 16\ncmdport 0\nport 0\n"},
	)
}

func desk() []file {
	return append(both(), file{
		path: "/etc/sudoers.d/bianmin", mode: 0o440,
		content: header + "Defaults!/usr/lib/bianmin/current/agent env_keep += \"DISPLAY LANG\", !requiretty\n" +
			"%bianmin-desk ALL=(bianmin) NOPASSWD: /usr/lib/bianmin/current/agent -config /etc/bianmin/terminal.yaml\n" +
			"%bianmin-desk ALL=(root) NOPASSWD: /usr/lib/bianmin/keeper/provision update launch\n",
	})
}

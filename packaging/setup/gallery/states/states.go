// Package states is every state of the setup window with canned data: an invented point, devices of the simulators.
// It feeds the gallery and the goldens. It must not draw, and no shipped program may link it.
package states

import (
	"time"

	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/packaging/setup/lines"
	"bianmin/packaging/setup/stage"
)

// Named is one state with the name its picture and golden carry.
type Named struct {
	Name  string
	State stage.State
}

// Links as a real machine names them.
const (
	readerLink  = "serial:/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0"
	printerLink = "serial:/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0"
	secondLink  = "serial:/dev/serial/by-id/usb-1a86_USB_Serial-if00-port1"
	paperLink   = "ipp://127.0.0.1:631/printers/a4"
	usbLink     = "ipp://127.0.0.1:60000/ipp/print"
)

// All returns every state, in the order a technician meets them.
func All() []Named {
	var all []Named
	for _, group := range [][]Named{starting(), devices(), tests(), checks(), reports()} {
		all = append(all, group...)
	}
	for i := range all {
		all[i].State.Serial, all[i].State.Lang = i+1, text.Chinese
	}
	return all
}

func starting() []Named {
	code := func(busy, problem string) stage.State {
		return stage.State{Page: stage.Code, Busy: busy, Problem: problem}
	}
	return []Named{
		{"opening", stage.State{Page: stage.Opening, Busy: "opening"}},
		{"code", code("", "")},
		{"code-busy", code("enrolling", "")},
		{"code-not-understood", code("", "not-understood")},
		{"code-used", code("", lines.CodeUsed)},
		{"code-foreign", code("", lines.CodeForeign)},
		{"code-network", code("", lines.Network)},
		{"code-leaving", stage.State{Page: stage.Code, Leaving: true}},
		{"replace", on(stage.State{Page: stage.Replace, Before: "QH0301A", Sticks: []string{"/media/technician/BIANMIN", "/media/technician/USB-2"}})},
		{"replace-none", on(stage.State{Page: stage.Replace, Before: "QH0301A", Sticks: []string{"/media/technician/BIANMIN"}, Problem: "no-folder"})},
		{"stopped-waiting", on(stage.State{Page: stage.Stopped, Problem: lines.Waiting, Detail: "QH0301-20261126.request"})},
		{"stopped-refused", stage.State{Page: stage.Stopped, Problem: lines.Refused}},
		{"stopped-rights", stage.State{Page: stage.Stopped, Problem: lines.NotAllowed, Detail: "there is no pkexec"}},
		{"stopped-other", on(stage.State{Page: stage.Stopped, Problem: lines.Other, Detail: "configuration /etc/bianmin/terminal.yaml cannot be read; mend it or move it away"})},
	}
}

// on is a state of an enrolled machine.
func on(s stage.State) stage.State {
	s.Terminal, s.Point, s.Role = "QH0301A", "柳树沟村便民服务点", "kiosk"
	return s
}

func found() []stage.Device {
	return []stage.Device{
		{Device: lines.Device{Role: drivers.RoleReader, Name: readerLink, Model: "SDT", Serial: "0301-20240915-0007241-3318264455"}},
		{Device: lines.Device{Role: drivers.RolePrinter, Name: printerLink}, Others: []lines.Device{{Role: drivers.RolePrinter, Name: secondLink}}},
		{Device: lines.Device{Role: drivers.RoleDocument, Name: paperLink, Model: "HP LaserJet 400", State: "ready"}, Others: []lines.Device{{Role: drivers.RoleDocument, Name: usbLink, Model: "Pantum M7160DW", State: "paper-out"}}},
		{Device: lines.Device{Role: drivers.RoleScanner, Name: "genesys:libusb:001:007"}},
		{Device: lines.Device{Role: drivers.RoleButton}},
	}
}

func devices() []Named {
	page := func(s stage.State) stage.State {
		s.Page = stage.Devices
		if s.Devices == nil {
			s.Devices = found()
		}
		return on(s)
	}
	var none []stage.Device
	for _, d := range found() {
		none = append(none, stage.Device{Device: lines.Device{Role: d.Role}})
	}
	unfit := found()
	unfit[1] = stage.Device{Device: lines.Device{Role: drivers.RolePrinter}}
	unfit[2] = stage.Device{Device: lines.Device{Role: drivers.RoleDocument, Model: "Canon G3000", Command: "sudo lpadmin -p a4 -E -v " + usbLink + " -m everywhere"}}
	unfit[4] = stage.Device{Device: lines.Device{Role: drivers.RoleButton, Name: secondLink}}
	changed := found()
	changed[2].State = "paper-out"
	changed[1] = stage.Device{Device: lines.Device{Role: drivers.RolePrinter, Name: secondLink}, Changed: true}
	changed[3] = stage.Device{Device: lines.Device{Role: drivers.RoleScanner}, Changed: true}
	return []Named{
		{"devices-finding", on(stage.State{Page: stage.Devices, Busy: "finding"})},
		{"devices-press", on(stage.State{Page: stage.Devices, Prompt: "press-button", Seconds: 20})},
		{"devices-press-again", on(stage.State{Page: stage.Devices, Prompt: "press-again", Seconds: 20})},
		{"devices", page(stage.State{})},
		{"devices-unfit", page(stage.State{Devices: unfit})},
		{"devices-packs", page(stage.State{
			Packs: &lines.Said{Key: "packs", Args: map[string]string{"files": "hengfeng-80.yaml, new-reader.yaml"}},
			Note:  &lines.Said{Key: "spooler", Args: map[string]string{"fault": "silent"}},
		})},
		{"devices-note", page(stage.State{Note: &lines.Said{Key: "replace-later", Args: map[string]string{"terminal": "QH0301A"}}})},
		{"devices-none", page(stage.State{Devices: none})},
		{"devices-changed", page(stage.State{Devices: changed})},
		{"devices-change", page(stage.State{Change: &stage.Change{Device: found()[1]}})},
		{"devices-change-document", page(stage.State{Change: &stage.Change{Device: found()[2]}})},
	}
}

func tried(results ...string) []lines.Test {
	all := []lines.Test{
		{Role: drivers.RoleReader, Name: readerLink, Test: "status"},
		{Role: drivers.RolePrinter, Name: printerLink, Test: "status"},
		{Role: drivers.RoleDocument, Name: paperLink, Test: "status"},
		{Role: drivers.RoleScanner, Name: "genesys:libusb:001:007", Test: "status"},
		{Role: drivers.RoleReader, Name: readerLink, Test: "card", Evidence: "840 ms"},
		{Role: drivers.RolePrinter, Name: printerLink, Test: "receipt", Evidence: "2310 ms"},
		{Role: drivers.RoleScanner, Name: "genesys:libusb:001:007", Test: "scan", Evidence: "9120 ms, 1654×2338, good"},
		{Role: drivers.RoleDocument, Name: paperLink, Test: "page", Evidence: "11200 ms"},
	}
	for i := range all {
		all[i].Result = results[min(i, len(results)-1)]
		if all[i].Result != "passed" && all[i].Result != "failed" {
			all[i].Evidence = ""
		}
	}
	return all
}

func tests() []Named {
	page := func(prompt string, results ...string) stage.State {
		return on(stage.State{Page: stage.Tests, Prompt: prompt, Tests: tried(results...)})
	}
	failed := page("", "passed", "passed", "passed", "passed", "passed", "failed", "failed", "passed")
	failed.Failed = true
	failed.Tests[5].Fault, failed.Tests[6].Fault = drivers.FaultPaperOut, drivers.FaultMissingTool
	one := page("", "passed", "failed", "passed", "passed", "passed", "failed", "passed", "passed")
	one.Failed = true
	one.Tests[1].Fault, one.Tests[5].Fault = drivers.FaultPaperOut, drivers.FaultPaperOut
	over := page("", "passed")
	over.Busy = "checking"
	return []Named{
		{"tests-asking", page("asking", "running", "running", "running", "running", "waiting")},
		{"tests-card", page("lay-card", "passed", "passed", "passed", "passed", "running", "waiting")},
		{"tests-receipt", page("printing", "passed", "passed", "passed", "passed", "passed", "running", "waiting")},
		{"tests-scan", page("lay-page", "passed", "passed", "passed", "passed", "passed", "passed", "running", "waiting")},
		{"tests-over", over},
		{"tests-failed", failed},
		{"tests-failed-one", one},
	}
}

// findings are what readiness says, in its own words.
func findings(bad bool) []lines.Check {
	check := func(id, state, name, said, do, english, englishText, englishDo string) lines.Check {
		return lines.Check{ID: id, State: state, Name: name, Text: said, Do: do, English: lines.Words{Name: english, Text: englishText, Do: englishDo}}
	}
	all := []lines.Check{
		check("enrolment", "ok", "入网", "柳树沟村便民服务点 QH0301A，证书还有 730 天", "", "enrolment", "柳树沟村便民服务点 QH0301A, certificates last 730 more days", ""),
		check("records", "ok", "记录", "还没有记录（第一次启动时建立）", "", "records", "none yet (made at the first start)", ""),
		check("clock", "ok", "时钟", "2026-11-26 12:04:31，与省平台相差 0 秒", "", "clock", "2026-11-26 12:04:31, 0 s from the province's", ""),
		check("catalogue", "warn", "事项", "用的是演示目录（2026.11）", "装上本县的事项目录，写进配置的 catalogue", "catalogue", "the demonstration catalogue is in use (2026.11)", "install the county's catalogue and name it under catalogue in the configuration"),
		check("disk", "ok", "磁盘", "还有 41230 MB", "", "disk", "41230 MB free", ""),
		check("memory", "ok", "内存", "共 7866 MB，可用 5120 MB", "", "memory", "7866 MB, 5120 MB available", ""),
		check("network", "ok", "网络", "省平台答复正常，来回 38 毫秒（问 5 次）", "", "network", "the province answers, 38 ms there and back (5 asked)", ""),
		check("devices", "ok", "读卡器", "正常，编号 0301-20240915-0007241-3318264455", "", "reader", "works, serial 0301-20240915-0007241-3318264455", ""),
		check("devices", "ok", "打印机", "正常", "", "printer", "works", ""),
		check("services", "ok", "服务", "都在运行（bianmin-sender.service）", "", "services", "all run (bianmin-sender.service)", ""),
		check("swap", "ok", "交换区", "没有，或用临时密钥加密", "", "swap", "none, or under a passing key", ""),
		check("dumps", "ok", "内存转储", "关着", "", "core dumps", "off", ""),
		check("ports", "ok", "端口", "没有对外开放的端口", "", "ports", "none open to others", ""),
		check("spool", "ok", "打印暂存", "只在内存里", "", "print spool", "in memory only", ""),
	}
	if bad {
		all[6] = check("network", "warn", "网络", "连不上省平台；照常受理，有网时送出", "查一查网线、路由器、地址", "network", "the province is not reached; cases are accepted and sent later", "look at cable, router and address")
		all[10] = check("swap", "fail", "交换区", "/dev/dm-2 没有加密，内存里的内容会留在磁盘上", "swapoff /dev/dm-2，并从 /etc/fstab 去掉", "swap", "/dev/dm-2 is not encrypted: what was in memory stays on the disk", "swapoff /dev/dm-2, and take it out of /etc/fstab")
		all[12] = check("ports", "fail", "端口", "对外开放了端口 22, 111", "ss -ltnp 看是谁；不需要就停掉", "ports", "open to others: 22, 111", "ss -ltnp says whose; end what is not needed")
	}
	return all
}

var staff = []lines.Person{{ID: "300101", Name: "陈师傅"}, {ID: "300102", Name: "阿卜杜热合曼·吐尔逊"}, {ID: "300107", Name: "赵长河"}}

func checks() []Named {
	page := func(s stage.State, bad bool) stage.State {
		s.Page, s.Checks, s.Fit = stage.Checks, findings(bad), "warn"
		if bad {
			s.Fit = "fail"
		}
		return on(s)
	}
	return []Named{
		{"checks", page(stage.State{Signing: true, Staff: staff[:1], Signer: "300101"}, false)},
		{"checks-paper", page(stage.State{Signing: true, Staff: staff[:1], Signer: "300101", Papers: []drivers.Role{drivers.RolePrinter}}, false)},
		{"checks-paper-missing", page(stage.State{Signing: true, Staff: staff[:1], Signer: "300101", Papers: []drivers.Role{drivers.RolePrinter, drivers.RoleDocument}, Missing: true}, false)},
		{"checks-several", page(stage.State{Signing: true, Staff: staff}, true)},
		{"checks-choose", page(stage.State{Signing: true, Staff: staff, Problem: "choose-signer"}, false)},
		{"checks-nobody", page(stage.State{Signing: true}, true)},
		{"checks-reporting", page(stage.State{Busy: "reporting"}, false)},
	}
}

// supplies are what the printers said they have left.
var supplies = []lines.Supply{{Role: drivers.RolePrinter, Paper: "low"}, {Role: drivers.RoleDocument, Firmware: "002_2226A", Paper: "not-told", Toner: "full"}}

func reports() []Named {
	page := func(s stage.State, bad bool) stage.State {
		r := lines.Report{
			Terminal: "QH0301A", Point: "柳树沟村便民服务点", Role: "kiosk", Technician: staff[0], Finished: time.Date(2026, 11, 26, 12, 5, 0, 0, casefile.Zone),
			Version: "0.4.20261126120000", Machine: "Z1 Terminal", Configuration: "81c2 2223 fab5 8234", Supplies: supplies, Tests: tried("passed"), Passed: !bad, Checks: lines.Checks{State: "warn", Checks: findings(bad)},
		}
		if bad {
			r.Checks.State, r.Technician = "fail", lines.Person{}
			r.Tests[5].Result, r.Tests[5].Fault = "failed", drivers.FaultPaperOut
		}
		s.Page, s.Report, s.Number, s.Fit = stage.Report, &r, "9f2c71e0b4a85d13", r.Checks.State
		return on(s)
	}
	return []Named{
		{"report", page(stage.State{Paper: "printed"}, false)},
		{"report-saved", page(stage.State{Paper: "none", Saved: "/media/technician/BIANMIN"}, false)},
		{"report-printing", page(stage.State{Paper: "printing"}, false)},
		{"report-bad", page(stage.State{Paper: "failed", PaperFault: drivers.FaultPaperOut, SaveFailed: true}, true)},
	}
}

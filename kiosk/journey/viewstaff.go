package journey

import (
	"time"

	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/selftest"
)

// StaffSignInView asks a technician's account and PIN.
type StaffSignInView struct {
	Accounts []StaffAccount
	Account  string
	Digits   int // typed so far
	Problem  Message
	Locked   time.Duration // until another try is allowed
}

// StaffAccount is one account known offline.
type StaffAccount struct{ ID, Name string }

// StaffView is the first staff screen: how everything stands.
type StaffView struct {
	Name        string
	Terminal    string
	Version     string
	Catalogue   string
	Devices     []drivers.Status
	Waiting     int
	Refused     int
	Oldest      time.Time
	Online      bool
	LastContact time.Time
	DiskFree    int64 // bytes
	ClockDoubt  bool
	Link        casefile.Link
}

// StaffQueueView shows what is not delivered: since when, why, when next.
type StaffQueueView struct {
	Known       bool // it was looked at
	Lines       []QueueRow
	More        int // not listed
	Waiting     int
	Refused     int
	Online      bool
	LastContact time.Time
	Link        casefile.Link
	Stick       Message // how the errand with a stick goes
	StickGood   bool
	StickBusy   bool    // it must not be pulled
	Said        Message // what became of the technician's order
	Bad         bool    // it is no good news
}

// QueueRow is one packet, with its item's name where that is known.
type QueueRow struct {
	casefile.QueueLine
	ItemName text.Local
}

// StaffTestsView shows the devices with how their tests ended, and leads through tests.
type StaffTestsView struct {
	Terminal      string
	Version       string
	Configuration string // digest of the settings
	Devices       []TestedDevice
	Level         selftest.Level    // of the tests that run, or ran last
	Running       drivers.Role      // "" when none does
	Prompt        selftest.Prompt   // what is to be done now
	Question      selftest.Question // what is to be answered now
	CanPrint      bool              // there is a printer for the report
	Printing      bool
	Said          Message // what became of the report, or what is wrong with the results
	Bad           bool    // it is no good news
}

// TestedDevice is a device with its newest test of each level.
type TestedDevice struct {
	drivers.Status
	Last []selftest.Result
}

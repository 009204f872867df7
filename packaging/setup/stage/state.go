// Package stage is the setup window without its window: which page is seen, what stands on it, what a person may do.
// It hears what "provision setup --lines" says and answers it. It must not draw, and does no part of the setup itself.
package stage

import (
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/packaging/setup/lines"
)

// PageName is a page.
type PageName string

// Pages.
const (
	Opening PageName = "opening" // the rights are being asked for
	Code    PageName = "code"
	Replace PageName = "replace" // only where this machine takes another one's place
	Devices PageName = "devices"
	Tests   PageName = "tests"
	Checks  PageName = "checks"
	Report  PageName = "report"
	Stopped PageName = "stopped" // it cannot go on by itself
)

// Steps are the pages that a person is led through, in their order.
var Steps = []PageName{Code, Devices, Tests, Checks, Report}

// State is what is seen. A value; nothing in it changes once it is shown.
type State struct {
	Page   PageName
	Serial int // grows with each page that opens
	Lang   text.Lang
	// Busy is what is being done, a key under setup.busy; "" when it is the person's turn.
	Busy string
	// Problem is what went wrong, a key under setup.problem; "" when nothing did. Detail is for programmers.
	Problem, Detail string
	// Terminal, Point and Role are known once the machine is enrolled.
	Terminal, Point, Role string
	// Note is something said on the way that stays to be read: words under provision.setup. nil where nothing was.
	Note       *lines.Said
	Packs      *lines.Said // names device packs that are wrong and left out; said beside the note
	Before     string      // the machine whose place this one takes
	Sticks     []string    // that are mounted
	Devices    []Device
	Change     *Change // the device that is being changed
	Tests      []lines.Test
	Prompt     string // what the person is to do, a key under setup.prompt
	Seconds    int    // how long the button is waited for, with the prompts "press-button" and "press-again"
	Failed     bool   // a test failed, and nobody has said yet whether to test again or to go on
	Checks     []lines.Check
	Fit        string // how the checks ended: ok, warn, fail; "" before
	Staff      []lines.Person
	Signer     string         // number of who is to sign, "" for nobody yet
	Signing    bool           // somebody is to sign now
	Papers     []drivers.Role // whose paper whoever signs has looked at
	Missing    bool           // it did not come out
	Report     *lines.Report
	Number     string // of the report
	Paper      string // what became of it on paper: "", printing, printed, none, failed
	PaperFault drivers.Fault
	Saved      string // where its files were saved, "" before
	SaveFailed bool
	Leaving    bool // asked whether to close before the end
}

// Device is a line of the page of devices; Name is "" where there is none.
type Device struct {
	lines.Device
	Changed bool
	Others  []lines.Device // further ones that are known
}

// Change is the device whose link is being changed.
type Change struct {
	Device
	Problem string // a key under setup.problem
}

// Event is what a person does.
type Event interface{ event() }

// Events.
type (
	// Type gives the enrolment string.
	Type struct{ Code string }
	// From names the folder where the machine before left its work; "" leaves it for later, "none" gives it up.
	From struct{ Folder string }
	// Confirm says that the devices are right.
	Confirm struct{}
	// Search looks for devices once more.
	Search struct{}
	// Open changes a device.
	Open struct{ Role drivers.Role }
	// Set gives the link of the device that is being changed; "" takes it away.
	Set struct{ Name string }
	// Cancel leaves it as it was.
	Cancel struct{}
	// NoButton says that there is none to press.
	NoButton struct{}
	// Paper tells that the papers to be looked at did not come out, or did after all.
	Paper struct{ Missing bool }
	// Retest tests the devices once more.
	Retest struct{}
	// Onward goes on although a test failed.
	Onward struct{}
	// Choose picks who signs.
	Choose struct{ ID string }
	// Sign signs; as nobody with Nobody.
	Sign struct{ Nobody bool }
	// Again begins again after something went wrong, or after the report.
	Again struct{}
	// Print prints the report once more.
	Print struct{}
	// Save saves the report's files.
	Save struct{}
	// Language changes the language.
	Language struct{}
	// Leave closes the window; before the end it is asked about.
	Leave struct{}
	// Stay does not close it.
	Stay struct{}
)

func (Type) event()     {}
func (From) event()     {}
func (Confirm) event()  {}
func (Search) event()   {}
func (Open) event()     {}
func (Set) event()      {}
func (Cancel) event()   {}
func (NoButton) event() {}
func (Paper) event()    {}
func (Retest) event()   {}
func (Onward) event()   {}
func (Choose) event()   {}
func (Sign) event()     {}
func (Again) event()    {}
func (Print) event()    {}
func (Save) event()     {}
func (Language) event() {}
func (Leave) event()    {}
func (Stay) event()     {}

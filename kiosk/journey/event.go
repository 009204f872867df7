package journey

import (
	"bianmin/drivers"
	"bianmin/drivers/selftest"
)

// Event is something that happened: a person's touch, a device, time or the
// store. The types below are what a screen may send; the machine's own results
// (card read, page scanned …) are private to the package.
type Event interface{ event() }

// Events that screens send.
type (
	// Touch is any touch at all: it resets the idle countdown.
	Touch struct{}
	// Begin leaves the attract screen.
	Begin struct{}
	// StepAside ends the session when nobody is served, so that the program can begin anew: as another version, or with other settings.
	StepAside struct{}
	// Practise goes over to practice mode, from a terminal that is not set up.
	Practise struct{}
	// GoHome goes back to the first choice without ending the session.
	GoHome struct{}
	// OpenCategory opens one category; "" opens all items.
	OpenCategory struct{ Code string }
	// OpenSearch opens the search screen.
	OpenSearch struct{}
	// SearchText is the search field's new content.
	SearchText struct{ Text string }
	// OpenItem opens an item's guide.
	OpenItem struct{ Code string }
	// StartItem begins an application for the guide's item.
	StartItem struct{}
	// PrintGuide prints the guide on the receipt printer.
	PrintGuide struct{}
	// OpenMyCases asks for the card to show the person's cases.
	OpenMyCases struct{}
	// OpenCase opens one case.
	OpenCase struct{ Number string }
	// OpenTask shows the case that the person was told of; RepairCase files the one that is shown anew.
	OpenTask   struct{}
	RepairCase struct{}
	// CorrectCase begins to give what the office asks for of the case that is shown.
	CorrectCase struct{}
	// PrintNotice prints what the office asks for of the case that is shown.
	PrintNotice struct{}
	// Back goes one step back.
	Back struct{}
	// Onward is the filled button at the bottom right.
	Onward struct{}
	// NotMe says the card is not the person's.
	NotMe struct{}
	// Answer sets the shown field's value; nil empties it. Region fields send the division's code.
	Answer struct{ Value any }
	// AddRow begins a new row of a table field, EditRow one that is there, RemoveRow deletes one; rows count from 1.
	AddRow    struct{}
	EditRow   struct{ Row int }
	RemoveRow struct{ Row int }
	// RegionUp goes one division up in a region picker.
	RegionUp struct{}
	// AcceptPromise ticks or unticks the promise.
	AcceptPromise struct{ Accepted bool }
	// SelectMaterial opens a material's card.
	SelectMaterial struct{ Code string }
	// ScanPage scans one more page of a material, RetakePage replaces one, RemovePage drops one.
	ScanPage   struct{ Material string }
	RetakePage struct{ Material, Page string }
	RemovePage struct{ Material, Page string }
	// PromiseMaterial lets the promise stand in for a material, or takes that back.
	PromiseMaterial struct {
		Material string
		Promised bool
	}
	// Edit goes from the review back to a field or to the materials.
	Edit struct{ What string }
	// Sign carries the pad's strokes after each stroke; none when wiped.
	Sign struct{ Strokes []Stroke }
	// Evaluate rates the service, level 5 to 1.
	Evaluate struct{ Level int }
	// EvaluateReason ticks or unticks a reason of a bad rating, EvaluateText sets its words.
	EvaluateReason struct {
		Code   string
		Chosen bool
	}
	EvaluateText struct{ Text string }
	// Reprint prints the receipt again, marked 补打.
	Reprint struct{}
	// PrintAnswer says whether the receipt came out.
	PrintAnswer struct{ CameOut bool }
	// Leave asks to leave; LeaveNow confirms; Stay takes it back and answers the idle question.
	Leave    struct{}
	LeaveNow struct{}
	Stay     struct{}
	// Help opens and closes help.
	Help struct{ Open bool }
	// ToggleLarge changes the size of the letters; it works on every screen, as the next two do.
	ToggleLarge struct{}
	// ToggleLanguage changes between Chinese and English.
	ToggleLanguage struct{}
	// ToggleLowReach moves everything within reach of a wheelchair.
	ToggleLowReach struct{}
	// Retry tries a faulty device again, Skip goes on without it.
	Retry struct{}
	Skip  struct{}
	// OpenStaff is the hidden gesture; StaffPick chooses an account, StaffPIN is a try.
	OpenStaff struct{}
	StaffPick struct{ Account string }
	StaffPIN  struct{ PIN string }
	// StaffDo asks for one of the staff screen's actions.
	StaffDo struct{ Action StaffAction }
)

// Events of the staff screen's tests.
type (
	// StaffTest tests all devices at a level.
	StaffTest struct{ Level selftest.Level }
	// StaffTestAnswer says whether what came out is right.
	StaffTestAnswer struct{ Right bool }
	// StaffTestSkip goes on to the next device.
	StaffTestSkip struct{}
	// StaffReport prints the readiness report.
	StaffReport struct{}
)

func (StaffTest) event()       {}
func (StaffTestAnswer) event() {}
func (StaffTestSkip) event()   {}
func (StaffReport) event()     {}

// StaffAction is what a technician may do on the first staff screen.
type StaffAction string

// Staff actions.
const (
	StaffTestDevice   StaffAction = "test-devices"
	StaffConfirmClock StaffAction = "confirm-clock"
	StaffRetryQueue   StaffAction = "retry-queue"
	StaffSeeQueue     StaffAction = "see-queue"  // what is not delivered
	StaffStickOut     StaffAction = "stick-out"  // it goes onto a stick
	StaffStickHome    StaffAction = "stick-home" // its answers come from one
	StaffRestart      StaffAction = "restart"
	StaffSignOut      StaffAction = "sign-out"
	StaffExit         StaffAction = "exit" // ends the program
)

// Stroke is one line of the signature, points in pad pixels.
type Stroke struct{ Points []Point }

// Point is one point of a stroke.
type Point struct{ X, Y float32 }

// DeviceChanged arrives when the device manager sees a device come, go or change.
type DeviceChanged struct{ Status drivers.Status }

func (Touch) event()           {}
func (Begin) event()           {}
func (StepAside) event()       {}
func (Practise) event()        {}
func (GoHome) event()          {}
func (OpenCategory) event()    {}
func (OpenSearch) event()      {}
func (SearchText) event()      {}
func (OpenItem) event()        {}
func (StartItem) event()       {}
func (PrintGuide) event()      {}
func (OpenMyCases) event()     {}
func (OpenCase) event()        {}
func (OpenTask) event()        {}
func (RepairCase) event()      {}
func (CorrectCase) event()     {}
func (PrintNotice) event()     {}
func (Back) event()            {}
func (Onward) event()          {}
func (NotMe) event()           {}
func (Answer) event()          {}
func (AddRow) event()          {}
func (EditRow) event()         {}
func (RemoveRow) event()       {}
func (RegionUp) event()        {}
func (AcceptPromise) event()   {}
func (SelectMaterial) event()  {}
func (ScanPage) event()        {}
func (RetakePage) event()      {}
func (RemovePage) event()      {}
func (PromiseMaterial) event() {}
func (Edit) event()            {}
func (Sign) event()            {}
func (Evaluate) event()        {}
func (EvaluateReason) event()  {}
func (EvaluateText) event()    {}
func (Reprint) event()         {}
func (PrintAnswer) event()     {}
func (Leave) event()           {}
func (LeaveNow) event()        {}
func (Stay) event()            {}
func (Help) event()            {}
func (ToggleLarge) event()     {}
func (ToggleLanguage) event()  {}
func (ToggleLowReach) event()  {}
func (Retry) event()           {}
func (Skip) event()            {}
func (OpenStaff) event()       {}
func (StaffPick) event()       {}
func (StaffPIN) event()        {}
func (StaffDo) event()         {}
func (DeviceChanged) event()   {}

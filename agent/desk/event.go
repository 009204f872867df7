package desk

import "bianmin/core/casefile"

// Event is something that happened: a key, a click, a device, time or the
// store. The types below are what a window may send; the desk's own results are
// private to the package.
type Event interface{ event() }

// Events that windows send.
type (
	// Touch is any key or click: it resets the idle lock.
	Touch struct{}
	// Go opens a page of the side bar.
	Go struct{ Page PageName }
	// Back leaves a page that stands above the side bar's; a draft stays.
	Back struct{}
	// Help opens and closes the page's help; Language switches between Chinese and English.
	Help     struct{ Open bool }
	Language struct{}
	// Answer answers the overlay.
	Answer struct {
		Yes    bool
		Text   string
		Chosen string
	}
	// Dismiss closes the notice.
	Dismiss struct{}

	// PickAccount chooses who signs on; Secret is a try; Unlock lifts the idle lock with the secret.
	PickAccount struct{ ID string }
	Secret      struct{ Secret string }
	Unlock      struct{ Secret string }
	Lock        struct{}
	SignOff     struct{}
	// OpenActivate goes to the page where an account gets its keys; Forgot begins recovery.
	OpenActivate struct{ ID string }
	Activation   struct{ Code, Secret, Again string }
	Forgot       struct{ ID string }

	// SearchText is the search field's content; SearchGo is Enter in it (also a scanned receipt code).
	SearchText struct{ Text string }
	SearchGo   struct{ Text string }
	// SwipeAccept begins a case with the card on the reader (刷卡受理).
	SwipeAccept struct{}
	NewCase     struct{}
	ItemQuery   struct{ Text string }
	ItemMove    struct{ By int }
	ItemPick    struct{ Code string }
	OpenDraft   struct{ ID string }
	DropDraft   struct{ ID string }

	// ReadCard reads the card into "principal" or "delegate".
	ReadCard  struct{ Into string }
	SetAbsent struct{ Absent bool }
	SetScope  struct {
		Scope string
		On    bool
	}
	SetUntil  struct{ Text string }
	PrintAuth struct{} // print the authorisation to be signed
	ScanAuth  struct{}
	// SetField sets a field's value as typed; Path is the field's name or "rows.2.name".
	SetField struct {
		Path string
		Text string
	}
	ChooseField struct {
		Path  string
		Value any
	}
	AddRow    struct{ Field string }
	RemoveRow struct {
		Field string
		Row   int
	}
	ScanInto   struct{ Material string }
	ScanBatch  struct{}          // the feeder's pages, one after the other, into the materials in order
	BothSides  struct{ On bool } // of the feeder's sheets
	CameraTake struct{}          // takes a page with the document camera, or looks again after trouble
	CameraDone struct{}
	CameraDrop struct{} // takes the last page back
	MovePage   struct{ Page, Material string }
	RemovePage struct{ Page string }
	SetWay     struct {
		Material string
		Way      casefile.Way
	}
	SetLater struct {
		Material string
		Until    string
	}
	SetOriginal struct {
		Material string
		On       bool
	}
	SetTrust      struct{ Material string } // compared with the original: B
	AcceptPromise struct{ On bool }
	AddToPackage  struct {
		Item string
		On   bool
	}
	ToggleGuide struct{}
	File        struct{} // accept the case

	// ListFilter works on the list as ListMove and PickCase do; Act does something with the chosen case.
	ListFilter struct{ Filter string }
	ListMove   struct{ By int } // pages
	PickCase   struct{ Number casefile.Number }
	Act        struct{ Action CaseAction }

	// PointField works on the correction page, as PointScan and Resubmit do.
	PointField struct{ Point, Text string }
	PointScan  struct{ Point string }
	Resubmit   struct{}

	// PickPaper and the next four work on the papers page.
	PickPaper struct {
		ID string
		On bool
	}
	PaperFilter  struct{ Filter string }
	IssueSheet   struct{ To string }
	ReturnPapers struct{}
	OpenSheet    struct{ Number casefile.Number } // what is to become of a prepared sheet

	// FeeDate and the next three work on the fees page.
	FeeDate   struct{ Date string }
	CountCash struct{ Text string }
	DayReason struct{ Text string }
	CloseDay  struct{}

	// VisitDate and the next five work on the visits page.
	VisitDate  struct{ Date string }
	VisitPick  struct{ ID string }
	VisitDone  struct{ Outcome string } // "done", "no-show", "moved"
	VisitTo    struct{ Date string }
	VisitApply struct{} // accept a case during the visit
	RouteOrder struct{ On bool }

	// ReportPeriod and the next four work on the reports page.
	ReportPeriod struct{ Period string }
	ReportDate   struct{ Date string }
	SavePDF      struct{}
	SaveCSV      struct{}
	PrintReport  struct{}

	// RetryNow and PickQueue work on the sync page.
	RetryNow  struct{}
	PickQueue struct{ Packet string }
	// CarryStick has what waits written onto the stick that is plugged in, or answers taken from one.
	CarryStick struct{ Errand string }

	// Rate and the next three come from the page that is turned to the person.
	Rate       struct{ Level int }
	RateReason struct {
		Code string
		On   bool
	}
	RateText struct{ Text string }
	RateDone struct{}

	// Practise leads to practice mode, EndPractice back from it; PlaceCard puts an invented person's card on its reader, "" takes it away.
	Practise    struct{}
	EndPractice struct{}
	PlaceCard   struct{ Person string }

	// StepAside ends the desk where nobody is signed on or about to, so that the program can begin anew with other settings.
	StepAside struct{}

	// PrintAnswer says whether a print of unknown outcome came out.
	PrintAnswer struct{ CameOut bool }
)

func (Touch) event()         {}
func (StepAside) event()     {}
func (Go) event()            {}
func (Back) event()          {}
func (Help) event()          {}
func (Language) event()      {}
func (Answer) event()        {}
func (Dismiss) event()       {}
func (PickAccount) event()   {}
func (Secret) event()        {}
func (Unlock) event()        {}
func (Lock) event()          {}
func (SignOff) event()       {}
func (OpenActivate) event()  {}
func (Activation) event()    {}
func (Forgot) event()        {}
func (SearchText) event()    {}
func (SearchGo) event()      {}
func (SwipeAccept) event()   {}
func (NewCase) event()       {}
func (ItemQuery) event()     {}
func (ItemMove) event()      {}
func (ItemPick) event()      {}
func (OpenDraft) event()     {}
func (DropDraft) event()     {}
func (ReadCard) event()      {}
func (SetAbsent) event()     {}
func (SetScope) event()      {}
func (SetUntil) event()      {}
func (PrintAuth) event()     {}
func (ScanAuth) event()      {}
func (SetField) event()      {}
func (ChooseField) event()   {}
func (AddRow) event()        {}
func (RemoveRow) event()     {}
func (ScanInto) event()      {}
func (ScanBatch) event()     {}
func (BothSides) event()     {}
func (CameraTake) event()    {}
func (CameraDone) event()    {}
func (CameraDrop) event()    {}
func (MovePage) event()      {}
func (RemovePage) event()    {}
func (SetWay) event()        {}
func (SetLater) event()      {}
func (SetOriginal) event()   {}
func (SetTrust) event()      {}
func (AcceptPromise) event() {}
func (AddToPackage) event()  {}
func (ToggleGuide) event()   {}
func (File) event()          {}
func (ListFilter) event()    {}
func (ListMove) event()      {}
func (PickCase) event()      {}
func (Act) event()           {}
func (PointField) event()    {}
func (PointScan) event()     {}
func (Resubmit) event()      {}
func (PickPaper) event()     {}
func (PaperFilter) event()   {}
func (IssueSheet) event()    {}
func (OpenSheet) event()     {}
func (ReturnPapers) event()  {}
func (FeeDate) event()       {}
func (CountCash) event()     {}
func (DayReason) event()     {}
func (CloseDay) event()      {}
func (VisitDate) event()     {}
func (VisitPick) event()     {}
func (VisitDone) event()     {}
func (VisitTo) event()       {}
func (VisitApply) event()    {}
func (RouteOrder) event()    {}
func (ReportPeriod) event()  {}
func (ReportDate) event()    {}
func (SavePDF) event()       {}
func (SaveCSV) event()       {}
func (PrintReport) event()   {}
func (RetryNow) event()      {}
func (PickQueue) event()     {}
func (CarryStick) event()    {}
func (Rate) event()          {}
func (RateReason) event()    {}
func (RateText) event()      {}
func (RateDone) event()      {}
func (PrintAnswer) event()   {}
func (Practise) event()      {}
func (EndPractice) event()   {}
func (PlaceCard) event()     {}

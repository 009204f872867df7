package journey

import (
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/drivers"
)

func TestSubmitOnceHoweverManyTaps(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.desk.delay.set(20 * time.Second)
		s.toReview()
		s.tap(name())
		time.Sleep(time.Second)
		for range 10 {
			s.session.Send(Onward{})
		}
		s.settle()
		if v := s.on(Submitting); v.Submitting.Stage != "saving" || v.Next != nil || v.Back {
			t.Fatalf("submitting %+v", v)
		}
		s.tap(Onward{}, Back{}, Leave{}, LeaveNow{}, Answer{Value: "x"}, Sign{}, Edit{What: "phone"}, GoHome{})
		s.on(Submitting)
		for range 10 {
			s.session.Send(Onward{})
		}
		s.wait(20 * time.Second)
		s.on(Done)
		if n := len(s.desk.submissions); n != 1 {
			t.Errorf("%d submissions", n)
		}
	})
}

// TestSignatureOutlivesAChangeOfLook: size and language are looks, they change nothing that was signed.
func TestSignatureOutlivesAChangeOfLook(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toReview()
		s.tap(name(), ToggleLarge{}, ToggleLanguage{}, Help{Open: true}, Help{}, Leave{}, Stay{})
		if v := s.on(Review); !v.Review.Signed || !v.Next.Enabled {
			t.Fatalf("review %+v", v.Next)
		}
		s.tap(Onward{})
		s.on(Done)
	})
}

// TestDoubleTapStaysOnThePage: the second tap of a double tap answers nothing the person has not seen.
func TestDoubleTapStaysOnThePage(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toForm("full")
		s.draftTo("income")
		s.tap(Answer{Value: 5.0})
		time.Sleep(time.Second)
		s.session.Send(Onward{})
		s.session.Send(Onward{})
		s.settle()
		if v := s.on(Question).Question; v.Field.Name != "home" {
			t.Errorf("question %q", v.Field.Name)
		}
	})
}

func TestFilingFails(t *testing.T) {
	set := loadCatalogue(t)
	for _, c := range []struct {
		name   string
		fail   func(d *fakeDesk, err error)
		err    error
		screen Screen
		reason string
	}{
		{"not ready", func(d *fakeDesk, err error) { d.ready.set(err) }, &casefile.Error{Code: casefile.ClockDoubt}, OutOfService, "clock"},
		{"full disk for the signature", func(d *fakeDesk, err error) { d.attachErr.set(err) }, &casefile.Error{Code: casefile.DiskFull}, OutOfService, "disk-full"},
		{"read only at commit", func(d *fakeDesk, err error) { d.submitErr.set(err) }, &casefile.Error{Code: casefile.ReadOnly}, OutOfService, "read-only"},
		{"anything else", func(d *fakeDesk, err error) { d.submitErr.set(err) }, errBroken, Review, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, set)
				s.toReview()
				c.fail(s.desk, c.err)
				s.tap(name(), Onward{})
				v := s.on(c.screen)
				if c.screen == OutOfService && v.OutOfService.Reason != c.reason {
					t.Errorf("reason %q", v.OutOfService.Reason)
				}
				if c.screen == Review && v.Review.Problem.Key != keyNotSaved {
					t.Errorf("problem %+v", v.Review.Problem)
				}
				if len(s.desk.jobs) > 0 {
					t.Error("something was printed for a case that was not filed")
				}
				c.fail(s.desk, nil)
				s.wait(6 * time.Second) // out of service ends by itself
				s.on(Review)
				s.tap(name(), Onward{})
				s.on(Done)
				if len(s.desk.attached) != 0 {
					t.Errorf("%d signatures left behind", len(s.desk.attached))
				}
			})
		})
	}
}

// TestNoPaperBeforeFiling: the person is told before signing, and may go on without a receipt.
func TestNoPaperBeforeFiling(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toMaterials()
		s.printer.set(drivers.NotPrinted, drivers.FaultPaperOut)
		s.tap(ScanPage{Material: "hukou"}, Onward{})
		v := s.on(DeviceFault)
		if f := v.DeviceFault; f.Role != drivers.RolePrinter || f.Fault != drivers.FaultPaperOut || !f.Skip || !f.Retry || !v.Back {
			t.Fatalf("fault %+v", f)
		}
		s.tap(Back{})
		s.on(Materials)
		s.tap(Onward{}, Retry{})
		s.on(DeviceFault)
		s.tap(Skip{})
		s.on(Review)
		s.tap(name(), Onward{})
		if d := s.on(Done).Done; d.Print.Stage != stageFailed || d.Print.Fault != drivers.FaultPaperOut || !d.Print.Reprint || d.Number == "" {
			t.Fatalf("done %+v", d.Print)
		}
		s.printer.set(drivers.Printed, "")
		if d := s.tap(Reprint{}).Done; d.Print.Stage != stagePrinted {
			t.Fatalf("printed after all: %+v", d.Print)
		}
		if job := s.desk.jobs[1]; job.Reprint {
			t.Error("what never came out before is no reprint")
		}
		s.tap(Reprint{})
		if job := s.desk.jobs[2]; !job.Reprint || !printed2(s.printer.documents()[1], "补打") {
			t.Errorf("the second paper is a reprint: %+v", job)
		}
		if len(s.desk.submissions) != 1 {
			t.Error("printing again filed again")
		}
	})
}

func TestPaperIsBackBeforeFiling(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toMaterials()
		s.printer.set(drivers.NotPrinted, drivers.FaultCoverOpen)
		s.tap(ScanPage{Material: "hukou"}, Onward{})
		s.on(DeviceFault)
		s.printer.set(drivers.Printed, "")
		s.tap(Retry{})
		s.on(Review)
		s.printer.set(drivers.NotPrinted, drivers.FaultPaperOut)
		s.tap(Back{}, Onward{})
		s.on(DeviceFault)
		s.session.Send(DeviceChanged{Status: drivers.Status{Role: drivers.RolePrinter, Condition: drivers.UserError, Fault: drivers.FaultJam}})
		s.settle()
		if v := s.on(DeviceFault).DeviceFault; v.Fault != drivers.FaultJam {
			t.Errorf("fault %+v", v)
		}
		s.printer.set(drivers.Printed, "")
		s.session.Send(DeviceChanged{Status: drivers.Status{Role: drivers.RolePrinter, Condition: drivers.Online}})
		s.settle()
		s.on(Review)
	})
}

func TestNoPrinterAtAll(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t), func(o *Options) { o.Devices.Printer = nil })
		s.tap(Begin{}, OpenCategory{}, OpenItem{Code: "pension-check"})
		if s.state.Guide.CanPrint {
			t.Error("no printer, no print button")
		}
		s.tap(PrintGuide{}, StartItem{})
		s.reader.place(person1())
		s.wait(time.Second)
		s.tap(Onward{}, Answer{Value: "13800000000"}, Onward{}, ScanPage{Material: "hukou"}, Onward{})
		s.on(DeviceFault)
		s.tap(Skip{}, name(), Onward{})
		if d := s.on(Done).Done; d.Print.Stage != stageFailed || d.Print.Reprint {
			t.Errorf("print %+v", d.Print)
		}
		s.tap(Reprint{})
		if len(s.desk.jobs) > 0 {
			t.Error("a job without a printer")
		}
	})
}

func TestUnconfirmedPrintAsksThePerson(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		routes[PrintUnknown](s)
		if v := s.on(PrintUnknown).PrintUnknown; v.Number != "QH0301A-261122-0001-X" {
			t.Fatalf("number %q", v.Number)
		}
		s.wait(time.Minute)
		if len(s.desk.jobs) != 1 {
			t.Fatal("an unknown outcome was tried again by itself")
		}
		s.tap(PrintAnswer{CameOut: false})
		s.on(PrintUnknown) // printed again, marked, and unknown again
		if job := s.desk.jobs[1]; !job.Reprint {
			t.Errorf("job %+v", job)
		}
		s.tap(PrintAnswer{CameOut: true})
		if d := s.on(Done).Done; d.Print.Stage != stageConfirmed {
			t.Errorf("print %+v", d.Print)
		}
		if !slices.Equal(s.desk.answers, []bool{false, true}) {
			t.Errorf("answers %v", s.desk.answers)
		}
		s.reader.remove()
		s.tap(Onward{})
		s.over()
	})
}

// TestUnconfirmedPrintWaitsForTheRating: the question does not tear the person out of another one.
func TestUnconfirmedPrintWaitsForTheRating(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.printer.set(drivers.Unconfirmed, drivers.FaultSilent)
		s.printer.delay = 5 * time.Second
		s.toReview()
		s.tap(name(), Onward{})
		if d := s.on(Done).Done; d.Print.Stage != stagePrinting {
			t.Fatalf("print %+v", d.Print)
		}
		s.tap(Evaluate{Level: 2})
		s.wait(10 * time.Second)
		s.on(EvaluateMore)
		s.tap(EvaluateReason{Code: "slow", Chosen: true}, Onward{})
		s.on(PrintUnknown)
	})
}

// TestReceiptWaitsForTheGuide: one job after the other, none is lost.
func TestReceiptWaitsForTheGuide(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.printer.delay = time.Minute
		s.tap(Begin{}, OpenCategory{}, OpenItem{Code: "instant"}, PrintGuide{}, PrintGuide{})
		if v := s.on(Guide).Guide; !v.Printing || v.CanPrint {
			t.Fatalf("guide %+v", v)
		}
		s.tap(StartItem{})
		s.reader.place(person1())
		s.wait(time.Second)
		s.tap(Onward{})
		s.on(Review) // nothing to ask, nothing to scan
		s.tap(name(), Onward{})
		s.on(Done)
		for range 5 {
			s.wait(50 * time.Second)
			s.tap(Touch{})
		}
		if d := s.on(Done).Done; d.Print.Stage != stagePrinted {
			t.Errorf("print %+v", d.Print)
		}
		if len(s.desk.jobs) != 2 || s.desk.jobs[0].Kind != "guide" || s.desk.jobs[1].Kind != "receipt" {
			t.Errorf("jobs %+v", s.desk.jobs)
		}
	})
}

func TestGuidePrintOutcomes(t *testing.T) {
	set := loadCatalogue(t)
	for _, c := range []struct {
		outcome drivers.Outcome
		fault   drivers.Fault
		want    string
	}{
		{drivers.Printed, "", keyPrintDone},
		{drivers.Unconfirmed, drivers.FaultSilent, keyPrintUnknown},
		{drivers.NotPrinted, drivers.FaultPaperOut, keyPrintFailed},
		{"", drivers.FaultDevice, keyPrintUnknown},
	} {
		t.Run(string(c.outcome), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, set)
				s.tap(Begin{}, OpenCategory{}, OpenItem{Code: "window-only"})
				if s.state.Next != nil {
					t.Error("what is done at a window has no onward button")
				}
				s.printer.set(c.outcome, c.fault)
				if v := s.tap(PrintGuide{}).Guide; v.Printed.Key != c.want {
					t.Errorf("printed %+v", v.Printed)
				}
				if c.outcome == drivers.Printed && !printed2(s.printer.documents()[0], "窗口办理") {
					t.Error("the guide is not on the paper")
				}
			})
		})
	}
}

// TestItemIsPinned: an update of the catalogue does not change an application under way.
func TestItemIsPinned(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toMaterials()
		newer := loadCatalogue(t)
		newer.Version = "t2"
		newer.Items = slices.DeleteFunc(newer.Items, func(i *catalogue.Item) bool { return i.Code == "pension-check" })
		s.set.Store(newer)
		s.tap(ScanPage{Material: "hukou"}, Onward{}, name(), Onward{})
		s.on(Done)
		if got := s.desk.submissions[0].Item; got.CatalogueVersion != "t1" || got.Code != "pension-check" {
			t.Errorf("item %+v", got)
		}
		if v := s.tap(GoHome{}).Home; v.Version != "t2" || v.Total != 3 {
			t.Errorf("home %+v", v)
		}
	})
}

func TestSearch(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.tap(Begin{}, OpenSearch{})
		if v := s.on(Search).Search; len(v.Items) != 0 {
			t.Errorf("an empty query finds nothing: %+v", v)
		}
		if v := s.tap(SearchText{Text: "资格"}).Search; len(v.Items) != 1 || v.Items[0].Code != "pension-check" || v.Items[0].Days != 3 || !v.Items[0].Free {
			t.Errorf("found %+v", v)
		}
		if v := s.tap(SearchText{Text: strings.Repeat("长", 500)}).Search; len([]rune(v.Query)) != 60 {
			t.Errorf("query of %d characters", len([]rune(v.Query)))
		}
		s.tap(SearchText{Text: "建房"}, OpenItem{Code: "full"}, Back{})
		if v := s.on(Search).Search; v.Query != "建房" {
			t.Errorf("the way back keeps the query: %+v", v)
		}
		s.tap(Back{})
		s.on(Home)
	})
}

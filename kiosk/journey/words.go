package journey

import (
	"bianmin/core/text"
	"bianmin/drivers"
)

// Keys of the words this package asks for beside the problems of package form.
const (
	keyNextApply        = "next.apply"
	keyNextConfirm      = "next.confirm"
	keyNextQuestion     = "next.question"
	keyNextColumn       = "next.column"
	keyNextRowDone      = "next.row-done"
	keyNextToReview     = "next.to-review"
	keyNextPromise      = "next.promise"
	keyNextNoPromise    = "next.no-promise"
	keyNextMaterials    = "next.materials"
	keyNextSubmit       = "next.submit"
	keyNextLeave        = "next.leave" // {seconds}
	keyNextEvaluate     = "next.evaluate"
	keyWhyExpired       = "why.expired"
	keyWhyExpiredSocial = "why.expired-social"
	keyWhyItemBroken    = "why.item-broken"
	keyWhyMaterials     = "why.materials" // {missing}
	keyWhyScanning      = "why.scanning"
	keyWhySign          = "why.sign"
	keyWhyFix           = "why.fix"
	keyWhyReason        = "why.reason"
	keyCardOther        = "card.other-card"
	keyCardLift         = "card.lift"
	keyCardAgain        = "card.again"
	keySocialLift       = "card.social-lift"
	keyCardOnlySocial   = "card.only-social"
	keyTooManyPages     = "scan.too-many" // {pages}
	keyPageNotKept      = "scan.not-kept"
	keyPrintDone        = "print.done"
	keyPrintUnknown     = "print.unconfirmed"
	keyPrintFailed      = "print.failed" // {fault}
	keyNotSaved         = "submit.failed"
	keyReviewItem       = "review.item"
	keyReviewPerson     = "review.applicant"
	keyReviewPersonLine = "review.applicant-line" // {name} {sex} {age}
	keyReviewNumber     = "review.number"
	keyReviewDocument   = "review.document" // of a foreigner's card
	keyReviewPapers     = "review.materials"
	keyReviewPages      = "review.material-pages"    // {name} {n}
	keyReviewNoPaper    = "review.materials-none"    // {n}
	keyReviewRest       = "review.materials-rest"    // {n}
	keyReviewPromised   = "review.material-promised" // {name}
	keyReviewPromise    = "review.promise"
	keyPromiseDeadline  = "promise.deadline" // {n}
	keyReviewEmpty      = "review.empty"
	keyReviewYes        = "review.yes"
	keyReviewNo         = "review.no"
	keyReviewRows       = "review.rows" // {n}
	keyStaffWrong       = "staff.wrong-pin"
	keyStaffLocked      = "staff.locked" // {n}
	keyStaffNone        = "staff.no-accounts"
	keyStaffFailed      = "staff.failed"
	keyStaffRetried     = "staff.queue-retried"
	keyCodeAgain        = "home.code-again"
	keyCodeForeign      = "home.code-foreign"
	keyCodeElsewhere    = "home.code-elsewhere"
	keySaid             = "correct.said" // {text}
	keyCorrectNumber    = "correct.number"
	keyNotAsked         = "correct.not-asked"
	keyCannotPoint      = "correct.cannot.point"
	keyCannotScanner    = "correct.cannot.scanner"
	keyCannotItem       = "correct.cannot.item"
	keyCannotCard       = "correct.cannot.card"
	keyTestsNotKept     = "selftest.not-kept"
	keyReportPrinted    = "selftest.report.on-paper"
	keyReportUnsure     = "selftest.report.unsure"
	keyReportFailed     = "selftest.report.failed"

	prefixFormProblem   = "form.problem."
	prefixCardProblem   = "card.problem."
	prefixSocialProblem = "card.social-problem."
	prefixScanProblem   = "scan.problem."
	prefixPrinter       = "fault.printer."

	reasonCatalogue = "catalogue" // why a terminal without a catalogue cannot serve
)

// badReasons are the reasons of a bad rating; their words stand under "evaluate.reason.".
var badReasons = []string{"slow", "unclear", "hard", "materials", "again", "fault", "fee", "other"}

// cardFaults are what can pass when the card is placed again.
var cardFaults = []drivers.Fault{drivers.FaultCard, drivers.FaultCardDoubt, drivers.FaultProtocol, drivers.FaultSilent, drivers.FaultBusy}

// socialFaults are the same for a social-security card.
var socialFaults = []drivers.Fault{drivers.FaultCard, drivers.FaultCardDoubt, drivers.FaultCardOther, drivers.FaultCardHidden, drivers.FaultSilent, drivers.FaultBusy}

// scanFaults are what a person can put right at the scanner.
var scanFaults = []drivers.Fault{
	drivers.FaultNoDocument, drivers.FaultJam, drivers.FaultCoverOpen, drivers.FaultBusy, drivers.FaultProtocol, drivers.FaultOverheated,
}

// printFaults are why a print did not begin.
var printFaults = []drivers.Fault{
	drivers.FaultUnplugged, drivers.FaultSilent, drivers.FaultProtocol, drivers.FaultDevice, drivers.FaultNotPermitted, drivers.FaultAmbiguous,
	drivers.FaultPaperOut, drivers.FaultCoverOpen, drivers.FaultCutter, drivers.FaultOverheated, drivers.FaultJam,
	drivers.FaultBusy, drivers.FaultCancelled,
}

// Keys lists the keys of words that states can hold, beside those of package form.
func Keys() []string {
	keys := []string{
		keyNextApply, keyNextConfirm, keyNextQuestion, keyNextColumn, keyNextRowDone, keyNextToReview, keyNextPromise,
		keyNextNoPromise, keyNextMaterials, keyNextSubmit, keyNextLeave, keyNextEvaluate, keyWhyExpired, keyWhyExpiredSocial, keyWhyItemBroken,
		keyWhyMaterials, keyWhyScanning, keyWhySign, keyWhyFix, keyWhyReason, keyCardOther, keyCardLift, keyCardAgain, keySocialLift, keyCardOnlySocial, keyTooManyPages, keyPageNotKept,
		keyPrintDone, keyPrintUnknown, keyPrintFailed, keyNotSaved, keyReviewItem, keyReviewPerson, keyReviewPersonLine,
		keyReviewNumber, keyReviewDocument, keyReviewPapers, keyReviewPages, keyReviewNoPaper, keyReviewRest, keyReviewPromised, keyReviewPromise,
		keyPromiseDeadline, keyReviewEmpty, keyReviewYes, keyReviewNo, keyReviewRows, keyStaffWrong,
		keyStaffLocked, keyStaffNone, keyStaffFailed, keyStaffRetried, keyCodeAgain, keyCodeForeign, keyCodeElsewhere, keySaid, keyCorrectNumber, keyNotAsked, keyCannotPoint, keyCannotScanner, keyCannotItem, keyCannotCard, keyTestsNotKept, keyReportPrinted, keyReportUnsure, keyReportFailed, "service.reason." + reasonCatalogue,
	}
	for _, reason := range badReasons {
		keys = append(keys, "evaluate.reason."+reason)
	}
	for _, f := range cardFaults {
		keys = append(keys, prefixCardProblem+string(f))
	}
	for _, f := range socialFaults {
		keys = append(keys, prefixSocialProblem+string(f))
	}
	for _, f := range scanFaults {
		keys = append(keys, prefixScanProblem+string(f))
	}
	for _, f := range printFaults {
		keys = append(keys, string(printFault(f)))
	}
	for _, sex := range []string{"0", "1", "2", "9"} {
		keys = append(keys, "sex."+sex)
	}
	return keys
}

// printFault is the key of what a printer's fault means.
func printFault(f drivers.Fault) text.Key {
	if f == "" {
		f = drivers.FaultDevice
	}
	return text.Key(prefixPrinter + string(f) + ".means")
}

func words(key string) Message { return Message{Key: key} }

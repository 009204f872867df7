package journey

import "bianmin/drivers"

// Keys of the words this package asks for beside the problems of package form.
const (
	keyNextStart        = "next.start"
	keyNextConfirm      = "next.confirm"
	keyNextQuestion     = "next.question"
	keyNextFormDone     = "next.form-done"
	keyNextRowDone      = "next.row-done"
	keyNextPromise      = "next.promise"
	keyNextStep         = "next.step"
	keyNextMaterials    = "next.materials"
	keyNextSubmit       = "next.submit"
	keyNextLeave        = "next.leave-in" // {n}
	keyNextEvaluate     = "next.evaluate"
	keyNextPrintCase    = "next.print-case"
	keyNextSignIn       = "next.sign-in"
	keyWhyInternal      = "service.reason.internal"
	keyWhyMaterials     = "why.materials" // {n}
	keyWhyBusy          = "why.busy"
	keyWhySign          = "why.sign"
	keyWhySignMore      = "why.sign-more"
	keyWhyFix           = "why.fix"
	keyWhyReason        = "why.reason"
	keyWhyAccount       = "why.account"
	keyWhyPIN           = "why.pin" // {n}
	keyWhyChecking      = "why.checking"
	keyCardOther        = "card.problem.other-card"
	keyCardUnreadable   = "card.problem.unreadable"
	keyCardDoubt        = "card.problem.doubt"
	keyCardReader       = "card.problem.reader"
	keyCardExpired      = "card.problem.expired"
	keyTooManyPages     = "materials.too-many" // {n}
	keyPageNotKept      = "materials.not-kept"
	keyPrintDone        = "guide.printed"
	keyPrintUnknown     = "guide.print-unconfirmed"
	keyPrintFailed      = "guide.print-failed"
	keyCasePrinting     = "case.printing"
	keyNotSaved         = "review.not-saved"
	keyReviewItem       = "review.item"
	keyReviewPerson     = "review.applicant"
	keyReviewPersonLine = "review.applicant-line" // {name} {sex} {age}
	keyReviewNumber     = "review.number"
	keyReviewPapers     = "review.materials"
	keyReviewPages      = "review.material-pages"    // {name} {n}
	keyReviewNoPaper    = "review.material-card"     // {name}
	keyReviewPromised   = "review.material-promised" // {name}
	keyReviewPromise    = "review.promise"
	keyPromiseDeadline  = "promise.deadline" // {n}
	keyReviewDelivery   = "review.delivery"
	keyReviewEmpty      = "review.empty"
	keyReviewYes        = "review.yes"
	keyReviewNo         = "review.no"
	keyReviewRows       = "review.rows" // {n}
	keyStaffWrong       = "staff.wrong"
	keyStaffLocked      = "staff.locked" // {n}
	keyStaffNone        = "staff.no-accounts"
	keyStaffFailed      = "staff.failed"

	prefixFormProblem = "form.problem."
	prefixFault       = "fault."
	prefixDelivery    = "delivery."

	reasonCatalogue = "catalogue" // why a terminal without a catalogue cannot serve
)

// badReasons are the reasons of a bad rating; their words stand under "evaluate.reason.".
var badReasons = []string{"slow", "unclear", "hard", "materials", "again", "fault", "fee", "other"}

// cardFaults are what can pass when the card is placed again.
var cardFaults = []drivers.Fault{drivers.FaultCard, drivers.FaultCardDoubt, drivers.FaultProtocol, drivers.FaultSilent, drivers.FaultBusy}

// scanFaults are what a person can put right at the scanner.
var scanFaults = []drivers.Fault{
	drivers.FaultNoDocument, drivers.FaultJam, drivers.FaultCoverOpen, drivers.FaultBusy, drivers.FaultProtocol,
}

// Keys lists the keys of words that states can hold, beside those of package form.
func Keys() []string {
	keys := []string{
		keyNextStart, keyNextConfirm, keyNextQuestion, keyNextFormDone, keyNextRowDone, keyNextPromise, keyNextStep,
		keyNextMaterials, keyNextSubmit, keyNextLeave, keyNextEvaluate, keyNextPrintCase, keyNextSignIn, keyWhyInternal,
		keyWhyMaterials, keyWhyBusy, keyWhySign, keyWhySignMore, keyWhyFix, keyWhyReason, keyWhyAccount, keyWhyPIN,
		keyWhyChecking, keyCardOther, keyCardUnreadable, keyCardDoubt, keyCardReader, keyCardExpired, keyTooManyPages,
		keyPageNotKept, keyPrintDone, keyPrintUnknown, keyPrintFailed, keyCasePrinting, keyNotSaved, keyReviewItem,
		keyReviewPerson, keyReviewPersonLine, keyReviewNumber, keyReviewPapers, keyReviewPages, keyReviewNoPaper,
		keyReviewPromised, keyReviewPromise, keyPromiseDeadline, keyReviewDelivery, keyReviewEmpty, keyReviewYes, keyReviewNo,
		keyReviewRows, keyStaffWrong, keyStaffLocked, keyStaffNone, keyStaffFailed, "service.reason." + reasonCatalogue,
		prefixFault + "title.printer",
	}
	for _, reason := range badReasons {
		keys = append(keys, "evaluate.reason."+reason)
	}
	for _, f := range scanFaults {
		keys = append(keys, scanProblem(f))
	}
	for _, delivery := range []string{"sms", "pickup", "post", "print"} {
		keys = append(keys, prefixDelivery+delivery)
	}
	for _, sex := range []string{"0", "1", "2", "9"} {
		keys = append(keys, "sex."+sex)
	}
	return keys
}

func words(key string) Message { return Message{Key: key} }

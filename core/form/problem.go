package form

// Problem codes: keys below "form.problem." in the word catalogue. Beside each
// stand the details that go into the words.
const (
	ProblemRequired     = "required"          // nothing answered
	ProblemIncomplete   = "incomplete"        // missing: digits or characters still to type
	ProblemPhone        = "phone"             // no phone number
	ProblemIDNumber     = "id-number"         // check digit or birth date of an ID number is wrong
	ProblemCreditCode   = "credit-code"       // check digit or characters of a credit code are wrong
	ProblemTooShort     = "too-short"         // missing, min: characters
	ProblemTooLong      = "too-long"          // over, max: characters
	ProblemTooLarge     = "too-large"         // limit: KB a value may have
	ProblemControl      = "control"           // characters that cannot be seen
	ProblemPattern      = "pattern"           // written in another way than the item wants
	ProblemNumber       = "number"            // not a number
	ProblemInteger      = "integer"           // not a whole number
	ProblemMinimum      = "minimum"           // min
	ProblemMaximum      = "maximum"           // max
	ProblemMultiple     = "multiple"          // of: the number is finer than the item wants
	ProblemDate         = "date"              // no such date
	ProblemEarliest     = "earliest"          // min: a date
	ProblemLatest       = "latest"            // max: a date
	ProblemChoice       = "choice"            // not one of the choices
	ProblemAgree        = "agree"             // a yes-no question that must be answered the other way
	ProblemMinChoices   = "min-choices"       // min, missing
	ProblemMaxChoices   = "max-choices"       // max, over
	ProblemRegion       = "region"            // no such division
	ProblemRegionOpen   = "region-incomplete" // choose down to the last division
	ProblemAddress      = "address-detail"    // road and house number are missing
	ProblemMinRows      = "min-rows"          // min, missing
	ProblemMaxRows      = "max-rows"          // max, over
	ProblemDuplicate    = "duplicate"         // the same thing twice
	ProblemLocked       = "locked"            // differs from what the card says
	ProblemUnknown      = "unknown"           // the form has no such field
	ProblemType         = "type"              // another type of value: a fault of the program, not of the person
	ProblemContradicted = "contradicted"      // a rule between several answers

	// WarningCreditCode is given by Warnings only: the check character does not
	// fit, which is a slip or a code of the first years. It may be filed.
	WarningCreditCode = "credit-code-early"
)

// ProblemCodes returns every code a Problem can have.
func ProblemCodes() []string {
	return []string{
		ProblemRequired, ProblemIncomplete, ProblemPhone, ProblemIDNumber, ProblemCreditCode, ProblemTooShort, ProblemTooLong,
		ProblemTooLarge, ProblemControl, ProblemPattern, ProblemNumber, ProblemInteger, ProblemMinimum, ProblemMaximum,
		ProblemMultiple, ProblemDate, ProblemEarliest, ProblemLatest, ProblemChoice, ProblemAgree, ProblemMinChoices,
		ProblemMaxChoices, ProblemRegion, ProblemRegionOpen, ProblemAddress, ProblemMinRows, ProblemMaxRows,
		ProblemDuplicate, ProblemLocked, ProblemUnknown, ProblemType, ProblemContradicted, WarningCreditCode,
	}
}

package identity

// SocialCard is what a social-security card says. It is personal data, as Card is.
type SocialCard struct {
	Identification string        // 16 bytes in hex; the first 6 digits are the division that issued it
	Class          string        // as the card says, "1" for a resident's
	Version        string        // of the standard: "2.00", "3.00"
	Issuer         string        // 12 bytes in hex
	Issued         Date          // zero where the card says none
	ValidTo        Date          // the same
	Number         string        // printed on the card
	Holder         *SocialHolder // nil where the card does not give it without a password
}

// SocialHolder is whose card it is.
type SocialHolder struct {
	Number     string // the citizen's number
	Name       string
	Sex        Sex
	Nation     Nation
	Birthplace string // division, 6 digits
	Birth      Date
}

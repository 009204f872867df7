package wire

import "time"

// Kinds of file that an enrolment without network carries on a stick, and how their names end.
const (
	KindPreIssued = "pre-issued"
	KindRequest   = "enrolment-request"
	KindAnswer    = "enrolment-answer"

	PreIssuedEnding = ".enrolment"
	RequestEnding   = ".request"
	AnswerEnding    = ".answer"
	// OfflinePrefix begins their names: bianmin-QH0301.enrolment.
	OfflinePrefix = "bianmin-"
)

// Offline is such a file. Only for whom it is stands in it openly; the rest is sealed: a pre-issued bundle with the
// one-time code, a request to the platform, an answer to the machine that asked.
type Offline struct {
	Version  int    `json:"version"`
	Kind     string `json:"kind"`
	Terminal string `json:"terminal"`
	Request  string `json:"request,omitempty"` // request and answer: names the machine's keys, 8 hex characters
	Salt     []byte `json:"salt,omitempty"`    // bundle: 16 random bytes
	Sealed   []byte `json:"sealed"`
}

// Context is what Sealed is bound to.
func (o Offline) Context() string { return "bianmin " + o.Kind + " " + o.Terminal + " " + o.Request }

// Name is what the file is called.
func (o Offline) Name() string {
	switch o.Kind {
	case KindRequest:
		return OfflinePrefix + o.Terminal + "-" + o.Request + RequestEnding
	case KindAnswer:
		return OfflinePrefix + o.Terminal + "-" + o.Request + AnswerEnding
	}
	return OfflinePrefix + o.Terminal + PreIssuedEnding
}

// PreIssued is what a machine is told before it has certificates: whom to believe, and what it will be.
type PreIssued struct {
	Version     int                  `json:"version"`
	Terminal    string               `json:"terminal"`
	Role        string               `json:"role"` // "kiosk" or "agent"
	Environment string               `json:"environment"`
	Point       string               `json:"point"`
	Region      string               `json:"region"` // division code, 12 digits
	URL         string               `json:"url"`
	Made        time.Time            `json:"made"`
	Expires     time.Time            `json:"expires"` // of the code; the platform judges by its own clock
	Trust       []byte               `json:"trust"`   // the trust bundle's exact bytes
	Platform    PlatformCertificates `json:"platform"`
}

// Signed is a body with the platform's signature (SM2 with SM3, r‖s) over its exact bytes: what is sealed in a bundle
// (PreIssued) and in an answer (Enrolment).
type Signed struct {
	Body      []byte `json:"body"`
	Signature []byte `json:"signature"`
}

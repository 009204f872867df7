// Package wire holds the words terminal and platform exchange, as
// platform/openapi.yaml fixes them: JSON bodies, header names and the enrolment
// string. It must not send, store, sign or seal anything.
package wire

import "time"

// Version of the JSON bodies this code writes.
const Version = 1

// Header names of the packet upload and of signed answers.
const (
	HeaderOffset    = "Upload-Offset"    // byte the body begins at, or up to which bytes are held
	HeaderLength    = "Upload-Length"    // length of the whole packet in bytes
	HeaderDigest    = "Packet-Digest"    // SM3 in hex of the packet up to the end of its manifest
	HeaderSlot      = "Retry-Slot"       // milliseconds to the terminal's place in the platform's line, beside Retry-After
	HeaderSignature = "Answer-Signature" // SM2 signature r‖s over the body, base64
)

// Media types.
const (
	TypeJSON    = "application/json"
	TypeProblem = "application/problem+json"
	TypeBytes   = "application/offset+octet-stream"
	TypeArchive = "application/zstd" // archives of the catalogue: a tar inside
)

// Trust is the trust bundle: all a terminal has to know of the authority. Its
// exact bytes are named by the fingerprint in the enrolment string.
type Trust struct {
	Version     int    `json:"version"`
	Environment string `json:"environment"` // "demo" or "production"
	SigningRoot string `json:"signingRoot"` // SM2 root, PEM
	TLSRoot     string `json:"tlsRoot"`     // P-256 root, PEM
}

// PlatformSigners are the certificates by which the platform signs answers, or did, oldest first: each proves itself by the signing root.
type PlatformSigners struct {
	Version      int      `json:"version"`
	Certificates []string `json:"certificates"` // PEM
}

// EnrolmentRequest asks for certificates with a one-time code.
type EnrolmentRequest struct {
	Code     string `json:"code"`
	Nonce    string `json:"nonce"`   // 16 random bytes in hex; the answer repeats them
	Sign     string `json:"sign"`    // PKCS#10, SM2, PEM
	Encrypt  string `json:"encrypt"` // PKCS#10, SM2, PEM
	TLS      string `json:"tls"`     // PKCS#10, P-256, PEM
	Software string `json:"software"`
}

// Enrolment is what a terminal becomes.
type Enrolment struct {
	Version      int                  `json:"version"`
	Nonce        string               `json:"nonce"`
	Time         time.Time            `json:"time"`
	Terminal     string               `json:"terminal"`
	Generation   string               `json:"generation"`
	Role         string               `json:"role"` // "kiosk" or "agent"
	Environment  string               `json:"environment"`
	Point        string               `json:"point"`
	Region       string               `json:"region"` // division code, 12 digits
	URL          string               `json:"url"`    // the platform's base address
	Certificates TerminalCertificates `json:"certificates"`
	Platform     PlatformCertificates `json:"platform"`
	Recovery     string               `json:"recovery"` // public SM2 key of the point's recovery key, PEM
	Compact      []byte               `json:"compact"`  // compact certificate for receipts
	Staff        []Staff              `json:"staff"`
	Agents       []Agent              `json:"agents,omitzero"` // role "agent" only
	Settings     *SignedSettings      `json:"settings"`
	Succession   *SignedOrder         `json:"succession,omitempty"` // a generation after others of the same point
	Speaks       *Speaks              `json:"speaks,omitempty"`     // what the platform understands; nil is the first version
}

// TerminalCertificates certify the terminal's three keys, PEM.
type TerminalCertificates struct {
	Sign    string `json:"sign"`
	Encrypt string `json:"encrypt"`
	TLS     string `json:"tls"`
}

// PlatformCertificates are the platform's own, PEM.
type PlatformCertificates struct {
	Sign    string `json:"sign"`    // answers are signed with its key
	Encrypt string `json:"encrypt"` // manifests are sealed to its key
}

// Staff is a technician's account with the argon2id verifier of the PIN.
type Staff struct {
	ID      string `json:"id"` // 6 digits
	Name    string `json:"name"`
	Salt    []byte `json:"salt"`
	Hash    []byte `json:"hash"`
	Time    uint32 `json:"time"`
	Memory  uint32 `json:"memory"` // KiB
	Threads uint8  `json:"threads"`
}

// Heartbeat says that a terminal lives and how its queue stands.
type Heartbeat struct {
	Nonce    string     `json:"nonce"`
	Time     time.Time  `json:"time"`
	Software string     `json:"software"`
	Waiting  int        `json:"waiting"`
	Refused  int        `json:"refused"`
	Oldest   *time.Time `json:"oldest,omitempty"`
	// Condition is left out by terminals that know nothing of it, or that speak to a platform that takes none.
	Condition *Condition `json:"condition,omitempty"`
	// Settings are left out by terminals that know none, or that speak to a platform that takes none.
	Settings *SettingsHeld `json:"settings,omitempty"`
	// Usage are counts the platform has not said yet to have; at most MaxUses.
	Usage []Use `json:"usage,omitempty"`
	// Outbox is how the queue and the line stand; nil says nothing of it.
	Outbox *Outbox `json:"outbox,omitempty"`
	// Catalogue is the number of the catalogue's edition in force here; 0 for none of the province's.
	Catalogue int64 `json:"catalogue,omitempty"`
	// Audit is how far the terminal's audit trail goes that no power cut takes back; nil says nothing of it.
	Audit *AuditHead `json:"audit,omitempty"`
	// Unread are updates this terminal could not take; nil when it took all, or says nothing of it.
	Unread *Unread `json:"unread,omitempty"`
	// Speaks is what this terminal understands; nil is the first version, or speaks to a platform that does not ask.
	Speaks *Speaks `json:"speaks,omitempty"`
}

// AuditHead is the length of a terminal's audit trail and the hash of its last entry in hex: whoever knows it sees that a trail lost entries.
type AuditHead struct {
	Entries int64  `json:"entries"`
	Head    string `json:"head"`
}

// Outbox is how a terminal's queue and line stand beyond its counts. Nothing in it is about a person.
type Outbox struct {
	Bytes   int64    `json:"bytes"`             // of the packets that wait
	Held    int      `json:"held"`              // packets put aside by hand, or behind a refused opening
	Hold    string   `json:"hold,omitempty"`    // why scanned pages wait although the platform is reached: quiet, metered, forms
	Trouble *Trouble `json:"trouble,omitempty"` // the last time the platform was not reached; nil for never since the program started
}

// Trouble is a time in which nothing went out.
type Trouble struct {
	Why   string    `json:"why"` // a reason as people are told it: no-link, portal, busy …
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
}

// Plain is what of a heartbeat the contract's first version has room for.
func (h Heartbeat) Plain() Heartbeat {
	return Heartbeat{Nonce: h.Nonce, Time: h.Time, Software: h.Software, Waiting: h.Waiting, Refused: h.Refused, Oldest: h.Oldest}
}

// Unread are the platform's updates that a terminal has set aside, to ask for them again later.
type Unread struct {
	Newer  int        `json:"newer"`  // of kinds its program does not know yet
	Broken int        `json:"broken"` // that it could not open or read
	Since  *time.Time `json:"since,omitempty"`
	// Stuck is why no updates come at all although the platform answers: "newer" or "answer"; "" while they come.
	Stuck string `json:"stuck,omitempty"`
}

// Why no updates come.
const (
	StuckNewer  = "newer"  // the platform's answers are of a newer contract
	StuckAnswer = "answer" // what it answers is not in order
)

// MaxUses is how many counts one heartbeat carries at most.
const MaxUses = 200

// Use is how often something was used at the terminal on one day that is over, by package usage's kinds. Nothing in it is about a person.
type Use struct {
	Day  string `json:"day"` // YYYY-MM-DD
	Kind string `json:"kind"`
	Item string `json:"item,omitempty"` // code
	N    int    `json:"n"`
}

// Condition is how a terminal's machine and devices stand. Nothing in it is about a person.
type Condition struct {
	DiskFree  int64 `json:"diskFree"`  // bytes where the data folder lies
	DiskTotal int64 `json:"diskTotal"` // bytes
	// DevicesAt is when the program at the screen last told of the devices; nil when it never did.
	DevicesAt *time.Time `json:"devicesAt,omitempty"`
	Devices   []Device   `json:"devices,omitempty"`
}

// Device is what a device last said about itself, in the words of package drivers; "" is not known.
type Device struct {
	Role      string `json:"role"`
	Condition string `json:"condition"`
	Paper     string `json:"paper,omitempty"`
	Fault     string `json:"fault,omitempty"`
	Model     string `json:"model,omitempty"`
}

// Kind tells what an answer means.
type Kind string

// Kinds of signed answer.
const (
	Registration    Kind = "registration"    // the manifest is held
	Acknowledgement Kind = "acknowledgement" // everything is held and accepted; final
	Refusal         Kind = "refusal"         // refused with a reason; final
	Conflict        Kind = "conflict"        // the id belongs to another packet; final for this one
	Time            Kind = "time"            // the platform's time
	News            Kind = "updates"         // what the platform wrote about cases
	Succession      Kind = "succession"      // a generation takes over what others left
	Replaced        Kind = "replaced"        // a later generation has taken this one's place; final
	Ruling          Kind = "settings"        // what the province set for a terminal
	Contents        Kind = "catalogue"       // which edition of the catalogue is in force
	Retired         Kind = "retired"         // the terminal's statement of erasure is kept; final
	Replayed        Kind = "replay"          // what a platform put back from a copy wants again
	Renewed         Kind = "renewal"         // further certificates for a terminal
)

// Answer is what the platform signs. Which fields are set depends on Kind.
type Answer struct {
	Version  int       `json:"version"`
	Kind     Kind      `json:"kind"`
	Packet   string    `json:"packet,omitempty"`
	Digest   string    `json:"digest,omitempty"`
	Case     string    `json:"case,omitempty"`
	Official string    `json:"official,omitempty"`
	Time     time.Time `json:"time"`
	Code     string    `json:"code,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	Nonce    string    `json:"nonce,omitempty"`
	// replaced and retired: whom the answer is about; replaced: the generation that took over.
	Terminal   string  `json:"terminal,omitempty"`
	Generation string  `json:"generation,omitempty"`
	Successor  string  `json:"successor,omitempty"`
	Staff      []Staff `json:"staff,omitempty"`
	// Agents are all accounts of the point; nil says nothing, empty that there are none.
	Agents      []Agent      `json:"agents,omitzero"`
	Evaluations *Evaluations `json:"evaluations,omitempty"`
	// Settings is the number of the newest settings for who asks; 0 when nothing was ever set.
	Settings int64 `json:"settings,omitempty"`
	// Catalogue is the number of the newest edition of the catalogue for who asks; 0 when there is none.
	Catalogue int64 `json:"catalogue,omitempty"`
	// Usage is how many of the heartbeat's counts are kept now; all of them or none.
	Usage int `json:"usage,omitempty"`
	// Replay asks for what was acknowledged since the platform's copy was made; nil when it was never put back.
	Replay *Replay `json:"replay,omitempty"`
	// Wanted are, of the packets brought back, those the platform holds no more.
	Wanted []string `json:"wanted,omitempty"`
	// Speaks is what the platform understands; nil is the first version.
	Speaks *Speaks `json:"speaks,omitempty"`
	// renewal: the certificates of the keys that were asked for, and the compact one.
	Certificates *TerminalCertificates `json:"certificates,omitempty"`
	Compact      []byte                `json:"compact,omitempty"`
	// Sealing is the certificate, PEM, that packets are to be sealed to from now on; "" for that of the enrolment.
	Sealing string `json:"sealing,omitempty"`
	// Signing is the certificate, PEM, by which answers are signed now or soon; "" for that of the enrolment.
	Signing string `json:"signing,omitempty"`
}

// Problem is an unsigned refusal to answer; it changes nothing for the terminal.
type Problem struct {
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

// Codes of problems.
const (
	ProblemOffset      = "offset"       // the bytes do not go on where the held ones end
	ProblemSuperseded  = "superseded"   // a newer request for the same packet came in
	ProblemRequest     = "request"      // does not fit the contract
	ProblemVersion     = "version"      // what a newer terminal wrote, which this platform does not understand yet
	ProblemCertificate = "certificate"  // no client certificate
	ProblemTerminal    = "terminal"     // terminal unknown, replaced or barred
	ProblemBusy        = "busy"         // too many requests; Retry-After says when
	ProblemCode        = "code"         // enrolment code unknown
	ProblemCodeUsed    = "code-used"    // enrolment code already used
	ProblemCodeExpired = "code-expired" // enrolment code too old
	ProblemInternal    = "internal"     // the platform is in trouble
)

// Codes of refusals and conflicts.
const (
	RefusedPacket     = "packet"     // the packet's bytes make no packet
	RefusedManifest   = "manifest"   // the manifest does not open or is not signed by the terminal
	RefusedAttachment = "attachment" // an attachment is not what the manifest names
	RefusedCase       = "case"       // the case number does not belong to the terminal or is miswritten
	RefusedSequence   = "sequence"   // the sequence number is taken
	RefusedTransition = "transition" // the event cannot follow what is known of the case
	RefusedRule       = "rule"       // a rule of the item refuses it
	RefusedActor      = "actor"      // who acted may not: no account of the point, a trainee, no delegation for it
	ConflictDigest    = "digest"     // same id, other content
	RefusedOther      = "other"      // what this program does not know; never sent
)

// Refuses tells whether a code is one of a refusal or a conflict that this program knows.
func Refuses(code string) bool {
	switch code {
	case RefusedPacket, RefusedManifest, RefusedAttachment, RefusedCase, RefusedSequence, RefusedTransition, RefusedRule, RefusedActor, ConflictDigest:
		return true
	}
	return false
}

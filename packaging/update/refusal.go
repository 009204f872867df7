package update

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/theupdateframework/go-tuf/v2/metadata"

	"bianmin/store/room"
)

// Code says why something was refused; people read a sentence chosen by it ("update.refusal.CODE").
type Code string

// Codes.
const (
	Unreachable  Code = "unreachable"    // mirror or stick do not answer, or stopped in the middle: what came is kept
	Half         Code = "half"           // the file ended too early
	Endless      Code = "endless"        // more came than was signed
	Stale        Code = "stale"          // nobody signed the repository for too long: somebody may be holding it back
	Signature    Code = "signature"      // not signed by those who may
	Rollback     Code = "rollback"       // an older list than one seen before
	Mixed        Code = "mixed"          // lists or files that do not belong together
	Broken       Code = "broken"         // not readable as what it should be
	Digest       Code = "digest"         // a file is not the one that was signed
	NoRoom       Code = "no-room"        // disk full
	ReadOnly     Code = "read-only"      // the disk takes nothing
	NotOffered   Code = "not-offered"    // nothing for this kind of machine
	Older        Code = "older"          // older than what runs
	FailedBefore Code = "failed-before"  // was tried here and was not healthy
	NotStarting  Code = "not-starting"   // its programs do not run on this machine
	Nothing      Code = "nothing-staged" // nothing was fetched
	InUse        Code = "in-use"         // kiosk or desk are running
	NoRoot       Code = "no-root"        // this terminal does not know whom to believe
	Changed      Code = "changed"        // the files of a version changed on the disk
	Unhealthy    Code = "unhealthy"      // the trial of a version did not end well
	NotAllowed   Code = "not-allowed"    // only root may do this
	Internal     Code = "internal"
)

// Codes are all of them.
var Codes = []Code{
	Unreachable, Half, Endless, Stale, Signature, Rollback, Mixed, Broken, Digest, NoRoom, ReadOnly, NotOffered, Older, FailedBefore,
	NotStarting, Nothing, InUse, NoRoot, Changed, Unhealthy, NotAllowed, Internal,
}

// Refusal is a refusal with its reason.
type Refusal struct {
	Code Code
	Err  error // what happened, for the log
}

// Error says code and cause.
func (r *Refusal) Error() string { return fmt.Sprintf("update refused (%s): %v", r.Code, r.Err) }

// Unwrap is the cause.
func (r *Refusal) Unwrap() error { return r.Err }

func refuse(code Code, format string, args ...any) error {
	return &Refusal{code, fmt.Errorf(format, args...)}
}

// CodeOf is an error's code: Internal for one without, "" for none.
func CodeOf(err error) Code {
	var r *Refusal
	switch {
	case err == nil:
		return ""
	case errors.As(err, &r):
		return r.Code
	}
	return Internal
}

// coded gives an error the code that fits, or the given one.
func coded(err error, otherwise Code) error {
	var known *Refusal
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &Refusal{codeFor(err, otherwise), err}
}

func codeFor(err error, otherwise Code) Code {
	var tooLong *metadata.ErrDownloadLengthMismatch
	switch {
	case room.Full(err):
		return NoRoom
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission) && os.Geteuid() == 0:
		return ReadOnly
	case errors.Is(err, fs.ErrPermission):
		return NotAllowed
	case errors.As(err, &tooLong):
		return Endless
	case errors.Is(err, &metadata.ErrDownload{}):
		return Unreachable
	case errors.Is(err, &metadata.ErrExpiredMetadata{}):
		return Stale
	case errors.Is(err, &metadata.ErrUnsignedMetadata{}):
		return Signature
	case errors.Is(err, &metadata.ErrLengthOrHashMismatch{}):
		return Mixed
	case errors.Is(err, &metadata.ErrBadVersionNumber{}):
		return Rollback
	}
	return otherwise
}

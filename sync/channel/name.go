package channel

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// Reason names why the platform was not reached, or did not do what it was asked: what people are told in words.
type Reason string

// Reasons.
const (
	None        Reason = ""
	NoLink      Reason = "no-link"     // nothing answers, or connections break
	NoName      Reason = "no-name"     // the platform's name is not found
	Portal      Reason = "portal"      // a page, or a redirect to somewhere: the network wants a log-in first
	Intercepted Reason = "intercepted" // a certificate of somebody else: a box on the way opens what is encrypted
	WrongName   Reason = "wrong-name"  // a certificate of the platform's authority for another host
	NotTLS      Reason = "not-tls"     // an answer that is not encrypted: a proxy, or a portal
	Unsigned    Reason = "unsigned"    // an answer the platform has not signed
	Clock       Reason = "clock"       // the platform's certificate fits no time this terminal believes in
	Expired     Reason = "platform-expired"
	Own         Reason = "own-expired"  // this terminal's certificate is over
	Refused     Reason = "own-refused"  // this terminal's certificate is not one the platform knows
	NotAdmitted Reason = "not-admitted" // the platform does not admit this terminal
	Busy        Reason = "busy"         // the platform asks to come back later
	Trouble     Reason = "platform"     // the platform is in trouble
	Newer       Reason = "newer"        // the platform's answers are of a newer contract
	Request     Reason = "request"      // the platform does not take what it is sent
)

// Reasons are all but None.
func Reasons() []Reason {
	return []Reason{
		NoLink, NoName, Portal, Intercepted, WrongName, NotTLS, Unsigned, Clock, Expired, Own, Refused, NotAdmitted, Busy, Trouble, Newer, Request,
	}
}

// Answered tells whether the platform itself has said so: the line is well then.
func (r Reason) Answered() bool {
	switch r {
	case Own, Refused, NotAdmitted, Busy, Trouble, Newer, Request:
		return true
	}
	return false
}

// strange is an answer of somebody who is not the platform, with the reason to think so.
type strange struct {
	reason Reason
	why    error
}

func (s *strange) Error() string { return fmt.Sprintf("%v: %v", ErrStranger, s.why) }

func (s *strange) Unwrap() []error { return []error{ErrStranger, s.why} }

func stranger(reason Reason, why string) error { return &strange{reason, errors.New(why)} }

// Name names what a request came to.
func Name(err error) Reason {
	var (
		other   *strange
		problem *Problem
		dns     *net.DNSError
	)
	switch {
	case err == nil:
		return None
	case errors.As(err, &problem):
		return problem.name()
	case errors.Is(err, ErrExpired):
		return Expired
	case errors.Is(err, ErrClock):
		return Clock
	case errors.Is(err, ErrNewer):
		return Newer
	case errors.As(err, &other):
		return other.reason
	case errors.Is(err, ErrStranger):
		return Unsigned
	case plain(err):
		return NotTLS
	case errors.As(err, &dns):
		return NoName
	}
	return refused(err)
}

// name is a problem's. Nobody but the platform could have sent it over this connection.
func (p *Problem) name() Reason {
	switch {
	case p.Status == http.StatusUnauthorized || p.Status == http.StatusForbidden:
		return NotAdmitted
	case p.Status == http.StatusTooManyRequests || p.Status == http.StatusServiceUnavailable:
		return Busy
	case p.Status >= 500:
		return Trouble
	}
	return Request
}

// plain tells whether somebody answered without TLS.
func plain(err error) bool {
	var record tls.RecordHeaderError
	return errors.As(err, &record) || strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

// refused looks for the platform's word on this terminal's certificate, which TLS gives in alerts that have no type of
// their own here. They come after the platform has shown who it is.
func refused(err error) Reason {
	text := err.Error()
	if !strings.Contains(text, "remote error: tls: ") {
		return NoLink
	}
	for _, alert := range []struct {
		words  string
		reason Reason
	}{
		{"expired certificate", Own},
		{"revoked certificate", Refused},
		{"bad certificate", Refused},
		{"unknown certificate", Refused},
		{"unsupported certificate", Refused},
		{"certificate required", Refused},
		{"access denied", Refused},
	} {
		if strings.Contains(text, "tls: "+alert.words) {
			return alert.reason
		}
	}
	return NoLink
}

// foreign says what is wrong with a certificate that does not verify at any time.
func foreign(err error) error {
	var (
		invalid x509.CertificateInvalidError
		host    x509.HostnameError
	)
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Errorf("%w: %w", ErrClock, err)
	case errors.As(err, &host):
		return &strange{WrongName, err}
	}
	return &strange{Intercepted, err}
}

// Stranger tells whether an error of a request means that somebody else
// answered: captive portals also show as foreign certificates or as plain HTTP.
func Stranger(err error) bool {
	return err != nil && (errors.Is(err, ErrStranger) || plain(err))
}

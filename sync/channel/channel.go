// Package channel makes the HTTPS connection between terminal and platform: TLS
// 1.3 to one root only, HTTP/1.1, dead links noticed within seconds, strangers
// recognised by name. It must not know packets or enrolments.
package channel

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"time"
)

// Options of a channel.
type Options struct {
	Root        *x509.Certificate // the one root the server's certificate must come from; nil accepts any server, for fetching a bundle whose digest is known
	Certificate *tls.Certificate  // the terminal's own, nil before enrolment
	// Times gives the times at which the server's certificate may be valid: the best known time first. Required with Root.
	Times func() []time.Time
	// Dial replaces the network, for tests; nil is TCP.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Limits of a connection. They come from measurements on cut and lossy links:
// noticing a dead link and dialling anew is what decides how much of a bad link is used.
const (
	minDial        = 2 * time.Second // dial timeout is 8 round trips, within these
	maxDial        = 30 * time.Second
	firstDial      = 10 * time.Second // while no round trip is known
	minUser        = 3 * time.Second  // unacknowledged bytes end a connection after 10 round trips, within these
	maxUser        = 30 * time.Second
	firstBuffer    = 16 << 10  // of what is sent, until it is known what the line carries
	sendBuffer     = 128 << 10 // bytes at most (the kernel doubles it): what it swallows must drain before the answer can be due
	answerTimeout  = 3 * time.Minute
	handshakeLimit = 30 * time.Second
	idleTimeout    = 90 * time.Second
)

// New makes an HTTP client that follows no redirects, uses no proxy and speaks
// HTTP/1.1 only: large HTTP/2 frames lose what a broken link had already carried.
func New(o Options) *http.Client {
	d := newDialer(o)
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:           d.connect,
			DialTLSContext:        d.secure,
			Protocols:             protocols,
			DisableCompression:    true,
			ResponseHeaderTimeout: answerTimeout,
			IdleConnTimeout:       idleTimeout,
			MaxIdleConnsPerHost:   3,
		},
	}
}

// tls is the configuration of one connection to a host. The host is given here and not taken from the connection,
// which knows no name when the platform is known by an address.
func (o Options) tls(host string, sessions tls.ClientSessionCache) *tls.Config {
	config := &tls.Config{
		MinVersion:         tls.VersionTLS13,
		ClientSessionCache: sessions,
		ServerName:         host,
		CurvePreferences:   []tls.CurveID{tls.X25519, tls.CurveP256}, // a hybrid key share costs a kilobyte each way at each connection; what is secret is sealed by itself
		InsecureSkipVerify: true,                                     // #nosec G402 -- verified below, where the terminal's doubtful clock is dealt with
	}
	if o.Certificate != nil {
		config.Certificates = []tls.Certificate{*o.Certificate}
	}
	if o.Root == nil {
		return config
	}
	pool := x509.NewCertPool()
	pool.AddCert(o.Root)
	config.VerifyConnection = func(state tls.ConnectionState) error {
		return verify(pool, host, state, o.Times())
	}
	return config
}

// verify checks the server's chain at each of the times: a terminal whose clock
// has jumped still knows an older signed platform time, and that is enough.
// Resumed sessions are checked as well.
func verify(roots *x509.CertPool, host string, state tls.ConnectionState, times []time.Time) error {
	if len(state.PeerCertificates) == 0 {
		return stranger(Intercepted, "no certificate")
	}
	options := x509.VerifyOptions{Roots: roots, DNSName: host, Intermediates: x509.NewCertPool()}
	for _, c := range state.PeerCertificates[1:] {
		options.Intermediates.AddCert(c)
	}
	last := errors.New("no time is known")
	for _, at := range times {
		if at.IsZero() {
			continue // to package x509 it would mean the wall clock
		}
		options.CurrentTime = at
		if _, last = state.PeerCertificates[0].Verify(options); last == nil {
			return nil
		}
	}
	return foreign(last)
}

// Months are times through the whole life of a root, for whom no clock tells the present.
func Months(root *x509.Certificate) []time.Time {
	var all []time.Time
	for at := root.NotBefore.Add(2 * time.Hour); at.Before(root.NotAfter); at = at.AddDate(0, 1, 0) {
		all = append(all, at)
	}
	return all
}

// Errors of a channel.
var (
	// ErrStranger says that whoever answered is not the platform: a captive portal, a proxy, another server.
	ErrStranger = errors.New("whoever answers is not the platform")
	// ErrClock says that the server's certificate is not valid at any time this terminal believes in.
	ErrClock = errors.New("the platform's certificate is not valid at the time this terminal knows")
	// ErrExpired says that the server's certificate is not valid although the time is the platform's own.
	ErrExpired = errors.New("the platform's certificate is not valid any more")
	// ErrNewer says that the platform signed an answer of a contract this program does not know yet.
	ErrNewer = errors.New("the platform speaks a newer contract than this program")
)

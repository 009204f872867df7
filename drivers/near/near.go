// Package near speaks HTTP to devices that are near: on this machine, behind an
// adapter of it, or on the same network. It follows no redirection, uses no
// proxy, sends nothing twice, and knows no protocol above HTTP.
package near

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"bianmin/drivers"
)

// Client makes one connection per request, so that nothing is ever sent again behind our back; answer is how long a device may take to be reached.
func Client(answer time.Duration) *http.Client {
	return Over((&net.Dialer{Timeout: answer}).DialContext)
}

// Dial reaches a device, as net.Dialer's DialContext does.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Over is Client over another way to the device.
func Over(dial Dial) *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true, DialContext: dial},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// FaultOf gives the code for people of an error of the network; ctx is the caller's, without the limit of one answer.
func FaultOf(ctx context.Context, err error) drivers.Fault {
	var lookup *net.DNSError
	var stranger *CertificateError
	switch {
	case ctx.Err() != nil:
		return drivers.FaultCancelled
	case errors.As(err, &stranger):
		return drivers.FaultCertificate
	case errors.As(err, &lookup), errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return drivers.FaultUnplugged
	case strings.Contains(err.Error(), "malformed HTTP"), strings.Contains(err.Error(), "Location header"), garbled(err):
		return drivers.FaultProtocol
	}
	return drivers.FaultSilent
}

// Pause waits, or ends with ctx.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait: %w", ctx.Err())
	}
}

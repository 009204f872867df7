package escl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/near"
)

const (
	largestAnswer = 1 << 20  // more than any scanner has to say of itself
	largestPage   = 60 << 20 // more than A4 in colour at 600 dots per inch as JPEG
	longestPause  = 10 * time.Second
)

var (
	// errNoMore is a job without a further page.
	errNoMore = errors.New("the scanner has no further page")
	// errTooMuch is an answer without an end.
	errTooMuch = errors.New("the answer is larger than any has to be")
)

// statusError is an answer that is no success.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("HTTP status %d", int(e)) }

// faultError is a fault that the scanner has told.
type faultError struct {
	fault drivers.Fault
	said  string
}

func (e *faultError) Error() string { return "the scanner says " + e.said }

// do asks for an address and reads the whole answer. err is nil whatever the status is; a body cut short is an error.
func (s *Scanner) do(ctx context.Context, method, address string, body []byte, limit int64) (*http.Response, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, nil, fmt.Errorf("make request: %w", err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "text/xml")
	}
	answer, err := s.client.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(answer.Body, limit+1))
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("read answer: %w", err)
	case int64(len(data)) > limit:
		return nil, nil, errTooMuch
	}
	return answer, data, nil
}

// get asks for one of the scanner's documents within the limit for short answers.
func (s *Scanner) get(ctx context.Context, name string) ([]byte, error) {
	timed, cancel := context.WithTimeout(ctx, s.options.Answer)
	defer cancel()
	answer, data, err := s.do(timed, http.MethodGet, s.base.JoinPath(name).String(), nil, largestAnswer)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		return nil, refusal(answer)
	}
	return data, nil
}

// redirectError is an answer that sends us elsewhere.
type redirectError struct {
	statusError
	to *url.URL // nil where it says nothing that makes sense
}

func (e *redirectError) Error() string {
	return e.statusError.Error() + ": the scanner sends us elsewhere"
}
func (e *redirectError) Unwrap() error { return e.statusError }

// refusal is the error of an answer that is no success.
func refusal(answer *http.Response) error {
	status := statusError(answer.StatusCode)
	switch answer.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		to, err := answer.Location()
		if err != nil {
			to = nil
		}
		return &redirectError{statusError: status, to: to}
	}
	return status
}

// follow goes over to TLS at the same host, where the scanner sends us from the clear; anywhere else it does not go.
func (s *Scanner) follow(to *url.URL) bool {
	if to == nil || s.secure() || to.Scheme != "https" || to.User != nil || !strings.EqualFold(to.Hostname(), s.base.Hostname()) {
		return false
	}
	path, ok := strings.CutSuffix(to.Path, "ScannerCapabilities")
	if !ok || !strings.HasSuffix(path, "/") {
		return false
	}
	s.base = &url.URL{Scheme: to.Scheme, Host: to.Host, Path: path}
	return true
}

// order begins a job and returns its address.
func (s *Scanner) order(ctx context.Context, options drivers.ScanOptions, feeder bool) (string, error) {
	settings, err := s.can.settings(options, feeder)
	if err != nil {
		return "", err
	}
	answer, _, err := s.do(ctx, http.MethodPost, s.base.JoinPath("ScanJobs").String(), settings, largestAnswer)
	switch {
	case err != nil:
		return "", err
	case answer.StatusCode == http.StatusConflict, answer.StatusCode == http.StatusServiceUnavailable:
		return "", s.why(ctx, statusError(answer.StatusCode), feeder)
	case answer.StatusCode != http.StatusCreated:
		return "", statusError(answer.StatusCode)
	}
	return s.address(answer.Header.Get("Location"))
}

// address makes a job's address out of what the scanner calls it. Behind ipp-usb and in many networks the host in it is one
// that only the scanner understands, so only the path counts.
func (s *Scanner) address(location string) (string, error) {
	u, err := url.Parse(location)
	if err != nil || strings.Trim(u.Path, "/") == "" {
		return "", &faultError{drivers.FaultProtocol, "no job"}
	}
	if !strings.HasPrefix(u.Path, "/") {
		u.Path = s.base.Path + u.Path
	}
	return (&url.URL{Scheme: s.base.Scheme, Host: s.base.Host, Path: u.Path}).String(), nil
}

// next waits for a job's next page: errNoMore when there is none.
func (s *Scanner) next(ctx context.Context, job string) ([]byte, error) {
	for {
		answer, data, err := s.do(ctx, http.MethodGet, strings.TrimRight(job, "/")+"/NextDocument", nil, largestPage)
		switch {
		case err != nil:
			return nil, err
		case answer.StatusCode == http.StatusOK:
			return data, nil
		case answer.StatusCode == http.StatusNotFound, answer.StatusCode == http.StatusGone:
			return nil, errNoMore
		case answer.StatusCode != http.StatusServiceUnavailable:
			return nil, s.why(ctx, statusError(answer.StatusCode), false)
		}
		if err := near.Pause(ctx, s.after(answer)); err != nil {
			return nil, err
		}
	}
}

// after is how long the scanner wants to be left alone.
func (s *Scanner) after(answer *http.Response) time.Duration {
	if n, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil && n > 0 && n <= int(longestPause/time.Second) {
		return time.Duration(n) * time.Second
	}
	return s.options.Poll
}

// why asks the scanner what stands in the way; err stays where it does not say. wanted tells whether a sheet of the feeder was.
func (s *Scanner) why(ctx context.Context, err error, wanted bool) error {
	state, asked := s.state(ctx)
	if asked != nil {
		return errors.Join(err, asked)
	}
	if fault := state.fault(wanted); fault != drivers.FaultNone {
		return &faultError{fault, state.said()}
	}
	return err
}

// faultOf gives the code for people of an error.
func (s *Scanner) faultOf(ctx context.Context, err error) drivers.Fault {
	var told *faultError
	var status statusError
	switch {
	case ctx.Err() != nil:
		return drivers.FaultCancelled
	case errors.As(err, &told):
		return told.fault
	case errors.As(err, &status):
		return status.fault()
	case errors.Is(err, errNoMore), errors.Is(err, errAnswer), errors.Is(err, errTooMuch), errors.Is(err, io.ErrUnexpectedEOF):
		return drivers.FaultProtocol
	}
	return near.FaultOf(ctx, err)
}

func (e statusError) fault() drivers.Fault {
	switch int(e) {
	case http.StatusUnauthorized, http.StatusForbidden:
		return drivers.FaultNotPermitted
	case http.StatusServiceUnavailable:
		return drivers.FaultBusy
	case http.StatusInternalServerError:
		return drivers.FaultDevice
	}
	return drivers.FaultProtocol
}

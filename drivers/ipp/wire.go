package ipp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/OpenPrinting/goipp"

	"bianmin/drivers"
	"bianmin/drivers/near"
)

// largestAnswer is more than any printer has to say.
const largestAnswer = 1 << 20

// message begins a request with what every request must hold, in this order.
func (p *Printer) message(operation goipp.Op) *goipp.Message {
	p.request++
	m := goipp.NewRequest(p.version, operation, p.request)
	m.Operation.Add(goipp.MakeAttribute("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	m.Operation.Add(goipp.MakeAttribute("attributes-natural-language", goipp.TagLanguage, goipp.String("zh-cn")))
	m.Operation.Add(goipp.MakeAttribute("printer-uri", goipp.TagURI, goipp.String(p.link)))
	return m
}

// user is who prints, for the printer's list of jobs: the program, never a person.
func user(m *goipp.Message) {
	m.Operation.Add(goipp.MakeAttribute("requesting-user-name", goipp.TagName, goipp.String("bianmin")))
}

func wanted(m *goipp.Message, names ...string) {
	var values []goipp.Value
	for _, name := range names {
		values = append(values, goipp.String(name))
	}
	m.Operation.Add(goipp.MakeAttr("requested-attributes", goipp.TagKeyword, values[0], values[1:]...))
}

// refusedError is a printer's or its HTTP server's clear No: nothing was done.
type refusedError struct {
	what   string
	status goipp.Status // the printer's, 0 when it did not get so far
}

func (e *refusedError) Error() string { return e.what }

// exchange sends a request with an optional document behind it and reads the answer. The answer counts
// only with err nil; its status is a success then.
func (p *Printer) exchange(ctx context.Context, op string, m *goipp.Message, document []byte, limit time.Duration) (*goipp.Message, error) {
	head, err := m.EncodeBytes()
	if err != nil {
		return nil, failure(drivers.FaultProtocol, op, &refusedError{what: "encode request: " + err.Error()})
	}
	timed, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	request, err := http.NewRequestWithContext(timed, http.MethodPost, p.address, io.MultiReader(bytes.NewReader(head), bytes.NewReader(document)))
	if err != nil {
		return nil, failure(drivers.FaultProtocol, op, &refusedError{what: "make request: " + err.Error()})
	}
	request.ContentLength = int64(len(head) + len(document))
	request.Header.Set("Content-Type", goipp.ContentType)
	answer, err := p.client.Do(request)
	if err != nil {
		return nil, failure(near.FaultOf(ctx, err), op, err)
	}
	defer func() { _ = answer.Body.Close() }()
	if err := checkHTTP(answer); err != nil {
		return nil, failure(httpFault(answer.StatusCode), op, err)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, largestAnswer))
	if err != nil {
		return nil, failure(near.FaultOf(ctx, err), op, fmt.Errorf("read answer: %w", err))
	}
	got := &goipp.Message{}
	if err := got.DecodeBytes(body); err != nil {
		return nil, failure(drivers.FaultProtocol, op, fmt.Errorf("read answer: %w", err))
	}
	if got.RequestID != m.RequestID {
		return nil, failure(drivers.FaultProtocol, op, errors.New("the answer is to another request"))
	}
	if status := goipp.Status(got.Code); status >= 0x0100 {
		return nil, failure(statusFault(status), op, &refusedError{status.String(), status})
	}
	return got, nil
}

// checkHTTP refuses what no printer answers: redirections, error pages, a portal's page.
func checkHTTP(answer *http.Response) error {
	code := answer.StatusCode
	switch {
	case code >= 300 && code < 500:
		return &refusedError{what: fmt.Sprintf("HTTP status %d", code)}
	case code != http.StatusOK:
		return fmt.Errorf("HTTP status %d", code)
	case !strings.HasPrefix(answer.Header.Get("Content-Type"), goipp.ContentType):
		return errors.New("the answer is not IPP")
	}
	return nil
}

func httpFault(code int) drivers.Fault {
	switch code {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusUpgradeRequired:
		return drivers.FaultNotPermitted
	case http.StatusServiceUnavailable:
		return drivers.FaultBusy
	}
	return drivers.FaultProtocol
}

func statusFault(status goipp.Status) drivers.Fault {
	switch status {
	case goipp.StatusErrorForbidden, goipp.StatusErrorNotAuthenticated, goipp.StatusErrorNotAuthorized, goipp.StatusErrorAccountInfoNeeded,
		goipp.StatusErrorAccountClosed, goipp.StatusErrorAccountLimitReached, goipp.StatusErrorAccountAuthorizationFailed:
		return drivers.FaultNotPermitted
	case goipp.StatusErrorDocumentFormatNotSupported, goipp.StatusErrorDocumentFormatError, goipp.StatusErrorDocumentUnprintable:
		return drivers.FaultFormat
	case goipp.StatusErrorBusy, goipp.StatusErrorTemporary, goipp.StatusErrorTooManyJobs, goipp.StatusErrorServiceUnavailable:
		return drivers.FaultBusy
	case goipp.StatusErrorDevice, goipp.StatusErrorNotAcceptingJobs, goipp.StatusErrorPrinterIsDeactivated:
		return drivers.FaultDevice
	}
	return drivers.FaultProtocol
}

// untouched tells whether an error came before the printer can have begun a job.
func untouched(err error) bool {
	var refused *refusedError
	var network *net.OpError
	return errors.As(err, &refused) || errors.As(err, &network) && network.Op == "dial"
}

// values gives an attribute's values as text, nil when it is not there.
func values(attributes goipp.Attributes, name string) []string {
	for _, a := range attributes {
		if a.Name != name {
			continue
		}
		var out []string
		for _, v := range a.Values {
			if octets, ok := v.V.(goipp.Binary); ok {
				out = append(out, string(octets))
				continue
			}
			out = append(out, v.V.String())
		}
		return out
	}
	return nil
}

// integer gives an attribute's first value, 0 when it is not there or no integer.
func integer(attributes goipp.Attributes, name string) int {
	for _, a := range attributes {
		if a.Name == name && len(a.Values) > 0 {
			if n, ok := a.Values[0].V.(goipp.Integer); ok {
				return int(n)
			}
		}
	}
	return 0
}

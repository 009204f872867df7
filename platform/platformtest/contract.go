package platformtest

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// strictly are what the platform answers with: a terminal passes over what it does not know of them, but this platform says nothing
// that its contract does not.
var strictly = []string{
	"Trust", "Enrolment", "SignedSettings", "Settings", "SignedOrder", "Staff", "Agent", "Evaluations", "Answer", "Replay", "Updates",
}

// contract checks every answer of the platform against openapi.yaml.
type contract struct {
	t      testing.TB
	next   http.RoundTripper
	router routers.Router
}

// Checked lets requests through and fails the test when an answer of the
// platform does not fit openapi.yaml.
func Checked(t testing.TB, next http.RoundTripper) http.RoundTripper {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromData(Contract(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := document.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	no := false
	for _, name := range strictly {
		document.Components.Schemas[name].Value.AdditionalProperties.Has = &no
	}
	router, err := legacy.NewRouter(document)
	if err != nil {
		t.Fatal(err)
	}
	return &contract{t: t, next: next, router: router}
}

func (c *contract) CloseIdleConnections() {
	if closer, ok := c.next.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

func (c *contract) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := c.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(body))
	relative := r.Clone(r.Context())
	relative.URL.Scheme, relative.URL.Host, relative.Host = "", "", ""
	route, parameters, err := c.router.FindRoute(relative)
	if err != nil {
		c.t.Errorf("%s %s is not in the contract: %v", r.Method, r.URL.Path, err)
		return response, nil
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: relative, PathParams: parameters, Route: route},
		Status:                 response.StatusCode, Header: response.Header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true, ExcludeResponseBody: r.Method == http.MethodHead || len(body) == 0},
	}
	input.SetBodyBytes(body)
	if err := openapi3filter.ValidateResponse(r.Context(), input); err != nil {
		c.t.Errorf("answer to %s %s (%d) does not fit the contract: %v\n%s", r.Method, r.URL.Path, response.StatusCode, err, strings.TrimSpace(string(body)))
	}
	return response, nil
}

package service

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestLateInterruptReachesNobody: a newer request that interrupts an older one whose body was read whole must not end what comes next on the older
// one's connection.
func TestLateInterruptReachesNobody(t *testing.T) {
	var ended error
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := &watched{body: r.Body, connection: http.NewResponseController(w)}
		defer body.close()
		if _, err := io.ReadAll(body); err != nil {
			t.Error(err)
		}
		if r.URL.Path == "/first" {
			body.interrupt()
			time.Sleep(20 * time.Millisecond) // as long as deciding takes
		}
		ended = r.Context().Err()
	}))
	defer server.Close()
	for _, path := range []string{"/first", "/second"} {
		response, err := server.Client().Post(server.URL+path, "text/plain", strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if ended != nil {
			t.Errorf("%s was ended: %v", path, ended)
		}
	}
}

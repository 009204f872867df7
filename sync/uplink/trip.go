package uplink

import (
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"
)

// trip measures an exchange from the moment it has its connection. The platform's time was signed within that; how long connecting took, which may
// be much longer on a slow line, says nothing of it.
type trip struct {
	mu    sync.Mutex
	begun time.Time
}

// timed gives the request as it is to be sent, and its trip.
func timed(request *http.Request) (*http.Request, *trip) {
	t := &trip{begun: time.Now()}
	got := func(httptrace.GotConnInfo) {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.begun = time.Now()
	}
	return request.WithContext(httptrace.WithClientTrace(request.Context(), &httptrace.ClientTrace{GotConn: got})), t
}

// took is how long the exchange has taken until now.
func (t *trip) took() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return time.Since(t.begun)
}

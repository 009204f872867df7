package channel

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestNameOfAnAddress: a platform known by its address only must show a certificate for that address. TLS sends no name then,
// and whoever asks the connection for it checks nothing.
func TestNameOfAnAddress(t *testing.T) {
	ca, certificate := root(t) // for 127.0.0.1
	listener, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	_ = server.Listener.Close()
	server.Listener = listener
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS13}
	server.StartTLS()
	t.Cleanup(server.Close)
	client := New(Options{Root: ca, Times: at(now)})
	defer client.CloseIdleConnections()
	for range 2 { // no session may be resumed past the check either
		response, err := client.Get(server.URL)
		if err == nil {
			_ = response.Body.Close()
		}
		if !strings.Contains(server.URL, "127.0.0.2") || !Stranger(err) {
			t.Errorf("%s: %v is not taken for a stranger", server.URL, err)
		}
		client.CloseIdleConnections()
	}
}

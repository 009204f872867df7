package channel

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestStrangersAtTheDoor: whoever may answer in the platform's place is told from it, and by what they are.
func TestStrangersAtTheDoor(t *testing.T) {
	ca, certificate := root(t)
	_, other := root(t)
	well := func(http.ResponseWriter, *http.Request) {}
	own := serve(t, certificate, well)
	for name, c := range map[string]struct {
		url  string
		want Reason
	}{
		"another root":                {serve(t, other, well).URL, Intercepted},
		"another host":                {strings.Replace(own.URL, "127.0.0.1", "localhost", 1), WrongName},
		"plain HTTP":                  {unencrypted(t, well), NotTLS},
		"a proxy that opens TLS":      {opener(t, other, own.URL), Intercepted},
		"a proxy that wants CONNECT":  {unencrypted(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) }), NotTLS},
		"something that is no server": {babbler(t), NotTLS},
		"nobody":                      {silent(t), NoLink},
	} {
		client := New(Options{Root: ca, Times: at(now)})
		response, err := client.Get(c.url)
		if err == nil {
			_ = response.Body.Close()
		}
		if got := Name(err); got != c.want || Stranger(err) != (c.want != NoLink) {
			t.Errorf("%s: named %q, a stranger %v: %v", name, got, Stranger(err), err)
		}
		client.CloseIdleConnections()
	}
	if Stranger(errors.New("connection refused")) || Stranger(nil) || Name(nil) != None {
		t.Error("a dead line is taken for a stranger")
	}
}

// unencrypted answers without TLS where TLS is asked for.
func unencrypted(t testing.TB, handler http.HandlerFunc) string {
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "http:", "https:", 1)
}

// opener ends TLS with a certificate of its own and carries the requests on to the platform, as firewalls do.
func opener(t testing.TB, certificate tls.Certificate, to string) string {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // what such a box checks is its own affair
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	return serve(t, certificate, proxy.ServeHTTP).URL
}

// silent is an address where nobody listens, and where nobody else can begin to meanwhile.
func silent(t testing.TB) string {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	bound, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("https://127.0.0.1:%d", bound.(*unix.SockaddrInet4).Port)
}

// babbler says a line of another protocol to whoever comes.
func babbler(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = bufio.NewReader(connection).ReadByte()
			_, _ = fmt.Fprintln(connection, "220 mail.invalid ESMTP")
			_ = connection.Close()
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-done })
	return "https://" + listener.Addr().String()
}

// TestOwnCertificate: when the platform does not take this terminal's certificate, that is what is wrong, and not the line.
func TestOwnCertificate(t *testing.T) {
	ca, certificate := root(t)
	for name, c := range map[string]struct {
		at   time.Time // the platform's clock
		mine func() tls.Certificate
		want Reason
	}{
		"over":         {end.AddDate(1, 0, 0), func() tls.Certificate { return clientOf(t, certificate) }, Own},
		"of elsewhere": {now, func() tls.Certificate { return clientOf(t, tls.Certificate{}) }, Refused},
	} {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		server.TLS = &tls.Config{
			Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS13, ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: clients,
			Time: func() time.Time { return c.at },
		}
		mine := c.mine()
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.StartTLS()
		client := New(Options{Root: ca, Certificate: &mine, Times: at(now)})
		response, err := client.Get(server.URL)
		if err == nil {
			_ = response.Body.Close()
		}
		if got := Name(err); got != c.want || Stranger(err) || !got.Answered() {
			t.Errorf("%s: named %q: %v", name, got, err)
		}
		client.CloseIdleConnections()
		server.Close()
	}
}

// TestNoName: a name that nobody knows is told from a line that is dead.
func TestNoName(t *testing.T) {
	client := New(Options{Times: at(now), Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "platform.invalid", IsNotFound: true}}
	}})
	_, err := client.Get("https://platform.invalid")
	if got := Name(err); got != NoName || Stranger(err) {
		t.Errorf("named %q: %v", got, err)
	}
}

// clients is the authority of clientOf's certificates.
var (
	clients   = x509.NewCertPool()
	clientKey *ecdsa.PrivateKey
	clientCA  *x509.Certificate
)

// clientOf makes a terminal's certificate that is valid as long as the platform's; of another authority for a platform of none.
func clientOf(t testing.TB, platform tls.Certificate) tls.Certificate {
	t.Helper()
	if clientCA == nil {
		clientCA, clientKey = authority(t)
		clients.AddCert(clientCA)
	}
	ca, caKey := clientCA, clientKey
	if platform.Leaf == nil {
		ca, caKey = authority(t)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(3), NotBefore: begin, NotAfter: end, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, ca, key.Public(), caKey)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func authority(t testing.TB) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(9), NotBefore: begin, NotAfter: end.AddDate(10, 0, 0), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return ca, key
}

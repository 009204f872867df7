package near_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/near"
)

// TestKeptCertificate: the device whose certificate is kept is believed, whoever else answers is not, and what he shows is told.
func TestKeptCertificate(t *testing.T) {
	device := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer device.Close()
	ask := func(fingerprint string) error {
		client := near.Client(5 * time.Second)
		near.Secure(client, fingerprint)
		answer, err := client.Get(device.URL)
		if err == nil {
			err = answer.Body.Close()
		}
		return err
	}
	var unknown, changed *near.CertificateError
	err := ask("")
	if !errors.As(err, &unknown) || unknown.Kept != "" || near.FaultOf(t.Context(), err) != drivers.FaultCertificate {
		t.Fatalf("none kept: %v", err)
	}
	if err := ask(unknown.Shown); err != nil {
		t.Errorf("the kept one: %v", err)
	}
	other := "sha256:" + strings.Repeat("0a", 32)
	if err := ask(other); !errors.As(err, &changed) || changed.Kept != other || changed.Shown != unknown.Shown {
		t.Errorf("another: %v", err)
	}
}

func TestFingerprint(t *testing.T) {
	good := "sha256:" + strings.Repeat("0a", 32)
	for said, want := range map[string]string{
		good: good, "SHA256:" + strings.Repeat("0A", 32): good, " sha256:" + strings.Repeat("0a:", 31) + "0a ": good,
		strings.Repeat("0a", 32): "", good + "0": "", good[:70]: "", "sha256:": "", "sha1:" + strings.Repeat("0a", 32): "", "": "",
	} {
		got, err := near.Fingerprint(said)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", said, got, err)
		}
	}
}

// TestNoTLS: a device that does not speak TLS where it should, or the other way round, does not keep to its protocol.
func TestNoTLS(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer plain.Close()
	client := near.Client(5 * time.Second)
	near.Secure(client, "")
	_, err := client.Get(strings.Replace(plain.URL, "http:", "https:", 1)) //nolint:bodyclose // there is no answer
	if err == nil || near.FaultOf(t.Context(), err) != drivers.FaultProtocol {
		t.Errorf("%v", err)
	}
}

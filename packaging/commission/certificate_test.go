package commission

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"bianmin/drivers"
	sim "bianmin/drivers/sim/escl"
)

// TestCertificateIsKept: the certificate of a scanner that the technician names is taken at its word and kept in terminal.yaml, also
// where the scanner sends us from the clear to TLS; one that does not answer is kept as it was said.
func TestCertificateIsKept(t *testing.T) {
	certificate, err := sim.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	far, err := sim.Start(context.WithoutCancel(t.Context()), sim.Options{TLS: certificate})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = far.Close() }()
	clear, err := sim.Start(context.WithoutCancel(t.Context()), sim.Options{Redirect: "https://" + far.Address()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = clear.Close() }()
	sum := sha256.Sum256(certificate.Certificate[0])
	kept := "sha256:" + hex.EncodeToString(sum[:])
	secure := "escls://" + far.Address() + "/eSCL"
	for said, want := range map[string][2]string{
		secure: {secure, kept}, "escl://" + clear.Address() + "/eSCL": {secure, kept}, "escls://127.0.0.1:1/eSCL": {"escls://127.0.0.1:1/eSCL", ""},
	} {
		devices := map[string]any{}
		(&search{now: time.Now}).correct(t.Context(), devices, map[string]string{string(drivers.RoleScanner): said})
		entry, _ := devices[string(drivers.RoleScanner)].(map[string]any)
		if certificate, _ := entry["certificate"].(string); entry["link"] != want[0] || certificate != want[1] {
			t.Errorf("%s: %v", said, entry)
		}
	}
}

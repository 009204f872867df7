package chip

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-tpm/tpm2"
)

// Weaken makes a chip forgive wrong PINs every second and takes the say in it away from us, as an owner's password does.
func Weaken(t *testing.T, c *Chip) {
	t.Helper()
	if _, err := c.tpm.Send(lockoutParameters(100, time.Second, time.Second)); err != nil {
		t.Fatal(err)
	}
	_, err := tpm2.HierarchyChangeAuth{
		AuthHandle: tpm2.AuthHandle{Handle: tpm2.TPMRHLockout, Auth: tpm2.PasswordAuth(nil)},
		NewAuth:    tpm2.TPM2BAuth{Buffer: []byte("the owner's")},
	}.Execute(c.tpm)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Seal("482915", []byte("secret")); !errors.Is(err, ErrGuard) {
		t.Errorf("a chip that forgives at once took a PIN: %v", err)
	}
}

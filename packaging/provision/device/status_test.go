package device_test

import (
	"encoding/json"
	"testing"
)

// TestStatusOfAnotherKind: a link that cannot be of a role's device is a wrong question, and no device that is silent or broken.
func TestStatusOfAnotherKind(t *testing.T) {
	for role, link := range map[string]string{
		"reader": "ipp://127.0.0.1:1/ipp/print", "printer": "pcsc:", "button": "sane:test", "code": "ipp://127.0.0.1:1/ipp/print",
		"social": "serial:/dev/null", "document": "serial:/dev/null", "scanner": "serial:/dev/null",
	} {
		out, err := run(t, "status", "--json", "--link", link, "--role", role)
		var got struct{ Role, Condition, Fault, Problem string }
		if failed := json.Unmarshal([]byte(out), &got); failed != nil {
			t.Fatalf("%s: %v in %q", role, failed, out)
		}
		if err == nil || got.Role != role || got.Fault != "usage" || got.Condition != "noDevice" || got.Problem == "" {
			t.Errorf("%s at %s: %+v, %v", role, link, got, err)
		}
	}
}

package device

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"bianmin/drivers"
	"bianmin/drivers/selftest"
)

// TestDocumented: every key that --json prints stands in docs/devices/commands.md, so that none comes, goes or is renamed unnoticed.
func TestDocumented(t *testing.T) {
	content, err := os.ReadFile("../../../docs/devices/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[reflect.Type]bool{}
	var walk func(of reflect.Type)
	walk = func(of reflect.Type) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || seen[of] || !strings.HasPrefix(of.PkgPath(), "bianmin/") {
			return
		}
		seen[of] = true
		for i := range of.NumField() {
			field := of.Field(i)
			key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if key != "" && !strings.Contains(string(content), "`"+key+"`") {
				t.Errorf("%s: --json prints %q, and docs/devices/commands.md does not name it", of, key)
			}
			walk(field.Type)
		}
	}
	for _, printed := range []any{listed{}, drivers.Status{}, drivers.PrintReport{}, scanned{}, told{}, toldSocial{}, toldCode{}, failure{}, selftest.Result{}} {
		walk(reflect.TypeOf(printed))
	}
	if len(seen) < 12 {
		t.Errorf("only %d kinds of objects were looked at", len(seen))
	}
}

// TestEveryFaultIsExplained: a technician who reads a code finds what it means and what to do.
func TestEveryFaultIsExplained(t *testing.T) {
	source, err := os.ReadFile("../../../drivers/drivers.go")
	if err != nil {
		t.Fatal(err)
	}
	manual, err := os.ReadFile("../../../docs/terminal.md")
	if err != nil {
		t.Fatal(err)
	}
	faults := regexp.MustCompile(`(?m)^\tFault\w+ +Fault = "([a-z-]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(faults) < 20 {
		t.Fatalf("only %d faults are found", len(faults))
	}
	for _, fault := range faults {
		if !strings.Contains(string(manual), "`"+fault[1]+"`") {
			t.Errorf("docs/terminal.md says nothing of %q", fault[1])
		}
	}
}

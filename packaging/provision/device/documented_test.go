package device

import (
	"os"
	"reflect"
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

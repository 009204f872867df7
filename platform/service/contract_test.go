package service

import (
	"os"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"bianmin/platform/fleet"
)

// TestEveryOperationIsAnswered: each operation of the contract has its handler, and no handler is left without an operation.
func TestEveryOperationIsAnswered(t *testing.T) {
	content, err := os.ReadFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	document, err := openapi3.NewLoader().LoadFromData(content)
	if err != nil {
		t.Fatal(err)
	}
	left := new(Service).handlers()
	operations := 0
	for path, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			operations++
			if slices.Contains(fleet.Routes, method+" "+path) { // the county's page answers
				continue
			}
			if left[operation.OperationID] == nil {
				t.Errorf("%s %s (%q): nothing answers it", method, path, operation.OperationID)
			}
			delete(left, operation.OperationID)
		}
	}
	if operations == 0 {
		t.Error("the contract has no operation")
	}
	for name := range left {
		t.Errorf("%s is not in the contract", name)
	}
}

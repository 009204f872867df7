package stand

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strings"
	"testing"

	"bianmin/drivers/sim/camera"
	"bianmin/drivers/sim/camera/node"
	"bianmin/drivers/sim/document"
	"bianmin/drivers/sim/escl"
	"bianmin/drivers/sim/network"
	"bianmin/drivers/sim/printer"
	"bianmin/drivers/sim/reader"
	"bianmin/drivers/sim/social"
)

// harmless are the methods of the simulators that put nothing wrong: they ask, mend, or are a person's doing.
var harmless = map[string]string{
	"reader":   "Place Remove Card Pulls Refuses Silent Heal Asked Talk Next Always Path Plug Plugged Close Write",
	"printer":  "Path Close Plug Plugged Disarm Severed Armed State Changed Wait Strips Hanging Tear Picture",
	"network":  "Addr Up Sent Line Restore Close",
	"document": "Link Plug State Printed Take Lying Trouble Close",
	"social":   "Insert Plug Plugged Close Choose Present Connect",
	"camera":   "Link Replug Plugged Lay Have Trouble On Arm Struck",
	"escl":     "Address Handler Lay Feed Have Trouble Glass Left Jobs Orders",
}

// TestEveryFaultOfASimulatorIsOffered: whoever adds a fault to a simulator gives the bench a button for it, or says here that it is none.
func TestEveryFaultOfASimulatorIsOffered(t *testing.T) {
	offered := map[string]bool{}
	for _, f := range AllFaults() {
		for _, c := range f.Covers {
			offered[c] = true
		}
	}
	has := map[string]bool{}
	for name, far := range map[string]any{
		"reader": &reader.Device{}, "printer": &printer.Printer{}, "network": &network.Proxy{}, "document": &document.Printer{}, "escl": &escl.Scanner{}, "social": social.InMemory{}, "camera": &node.Camera{},
	} {
		methods := reflect.TypeOf(far)
		for i := range methods.NumMethod() {
			if method := methods.Method(i).Name; !slices.Contains(strings.Fields(harmless[name]), method) {
				has[name+"."+method] = true
			}
		}
	}
	trouble := reflect.TypeFor[escl.Trouble]()
	for i := range trouble.NumField() {
		has["escl."+trouble.Field(i).Name] = true
	}
	for i := range reflect.TypeFor[camera.Trouble]().NumField() {
		has["camera."+reflect.TypeFor[camera.Trouble]().Field(i).Name] = true
	}
	for i := range reflect.TypeFor[node.Trouble]().NumField() {
		if f := reflect.TypeFor[node.Trouble]().Field(i); !f.Anonymous {
			has["camera."+f.Name] = true
		}
	}
	for _, word := range document.Troubles() {
		has["document."+string(word)] = true
	}
	delete(has, "camera.Late") // where no more comes in time, it is "no picture" for everybody
	for _, name := range readerFaultNames(t) {
		has["reader."+name] = true
	}
	if len(has) < 50 {
		t.Errorf("only %d faults were found in the simulators", len(has))
	}
	for fault := range has {
		if !offered[fault] {
			t.Errorf("%s can be ordered of the simulator and has no button: name it in Covers of a Fault, or as harmless here", fault)
		}
	}
	for fault := range offered {
		if !has[fault] && fault != "button.Unplug" {
			t.Errorf("a fault says that it covers %s, which the simulators do not have", fault)
		}
	}
}

// readerFaultNames are the exported functions of the reader's fault.go but Well.
func readerFaultNames(t *testing.T) (names []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../reader/fault.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.IsExported() && f.Name.Name != "Well" {
			names = append(names, f.Name.Name)
		}
	}
	return names
}

// TestEachFaultComesAndGoes turns every fault on and off alone, then all on and makes all well again.
func TestEachFaultComesAndGoes(t *testing.T) {
	s := open(t, Options{Platform: "127.0.0.1:1", Document: true, Scanner: true, Code: true, Camera: true, Social: social.InMemory{Reader: &social.Reader{}}})
	tell := func(line string) {
		t.Helper()
		if _, err := Tell(t.Context(), s.Socket(), line); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	if got := s.State().Faults; len(got) > 0 {
		t.Fatalf("a new bench has the faults %v", got)
	}
	seen, keys := map[string]bool{}, map[string]bool{}
	for _, f := range s.Faults() {
		if seen[f.Name] || f.Words[0] == "" || f.Words[1] == "" || f.Key != "" && keys[f.Key] {
			t.Errorf("%+v has a name or key that another has, or no words", f)
		}
		seen[f.Name], keys[f.Key] = true, true
		tell("fault " + f.Name + " on")
		if got := s.State().Faults; !slices.Equal(got, []string{f.Name}) {
			t.Errorf("after %s alone was ordered, %v are on", f.Name, got)
		}
		tell("fault " + f.Name + " off")
		if got := s.State().Faults; len(got) > 0 {
			t.Errorf("after the end of %s, %v are on", f.Name, got)
		}
	}
	if len(seen) != len(AllFaults()) {
		t.Errorf("a full bench offers %d faults of %d", len(seen), len(AllFaults()))
	}
	for _, f := range s.Faults() {
		if f.Name != "document-unplugged" && f.Name != "scanner-unplugged" {
			tell("fault " + f.Name + " on")
		}
	}
	tell("fault document-unplugged on")
	tell("fault scanner-unplugged on")
	if got := s.State().Faults; len(got) < 20 {
		t.Errorf("of all faults only %v are on", got)
	}
	tell("well")
	if got := s.State().Faults; len(got) > 0 {
		t.Errorf("after all was made well, %v are on", got)
	}
	for _, line := range []string{"fault dance on", "fault cover", "fault cover maybe"} {
		if _, err := Tell(t.Context(), s.Socket(), line); err == nil {
			t.Errorf("%q was carried out", line)
		}
	}
}

package scan

import (
	"slices"
	"testing"

	"bianmin/drivers"
)

// TestSources: how backends call their sources, as their option lists print it; and what is asked for both sides.
func TestSources(t *testing.T) {
	for listing, want := range map[string]struct {
		glass, feeder string
		both          []string
	}{
		"    --source Flatbed|Automatic Document Feeder [Flatbed]\n":                                                        {"Flatbed", "Automatic Document Feeder", nil},
		"    --source Flatbed|ADF|ADF Duplex [ADF]\n":                                                                       {"Flatbed", "ADF", []string{"--source", "ADF Duplex"}},
		"    --source ADF Front|ADF Back|ADF Duplex [ADF Front]\n":                                                          {"", "ADF Front", []string{"--source", "ADF Duplex"}},
		"    --source Flatbed|ADF|Duplex [Flatbed]\n":                                                                       {"Flatbed", "ADF", []string{"--source", "Duplex"}},
		"    --source Flatbed|Transparency Unit [Flatbed]\n":                                                                {"Flatbed", "", nil},
		"    --source Document Table|ADF Duplex [Document Table]\n":                                                         {"", "", nil},
		"    --source Flatbed [Flatbed]\n":                                                                                  {"", "", nil},
		"    --mode Gray|Color [Gray]\n        --source is not an option here":                                              {"", "", nil},
		"    --source Flatbed|Automatic Document Feeder [Flatbed]\n    --adf-mode Simplex|Duplex [inactive]\n":              {"Flatbed", "Automatic Document Feeder", []string{"--source", "Automatic Document Feeder", "--adf-mode", "Duplex"}},
		"    --source Flatbed|Automatic Document Feeder [Flatbed]\n    --adf-mode Simplex [Simplex]\n":                      {"Flatbed", "Automatic Document Feeder", nil},
		"    --source FlatBed|Automatic Document Feeder(left aligned)|Automatic Document Feeder(left aligned,Duplex) [x]\n": {"FlatBed", "Automatic Document Feeder(left aligned)", []string{"--source", "Automatic Document Feeder(left aligned,Duplex)"}},
	} {
		a := parseAbilities(listing)
		if a.glass != want.glass || a.feeder != want.feeder || !slices.Equal(a.duplex, want.both) {
			t.Errorf("%q: glass %q, feeder %q, both sides %q", listing, a.glass, a.feeder, a.duplex)
		}
		args := a.arguments(drivers.ScanOptions{Feeder: true, Duplex: true})
		if want.both != nil && !slices.Equal(args[1:1+len(want.both)], want.both) {
			t.Errorf("%q: asked for both sides with %q", listing, args)
		}
	}
}

package scan

import "testing"

// TestSources: how backends call their sources, as their option lists print it.
func TestSources(t *testing.T) {
	for listing, want := range map[string][2]string{
		"    --source Flatbed|Automatic Document Feeder [Flatbed]\n":           {"Flatbed", "Automatic Document Feeder"},
		"    --source Flatbed|ADF|ADF Duplex [ADF]\n":                          {"Flatbed", "ADF"},
		"    --source ADF Front|ADF Back|ADF Duplex [ADF Front]\n":             {"", "ADF Front"},
		"    --source Flatbed|Transparency Unit [Flatbed]\n":                   {"Flatbed", ""},
		"    --source Document Table|ADF Duplex [Document Table]\n":            {"", ""},
		"    --source Flatbed [Flatbed]\n":                                     {"", ""},
		"    --mode Gray|Color [Gray]\n        --source is not an option here": {"", ""},
	} {
		a := parseAbilities(listing)
		if a.glass != want[0] || a.feeder != want[1] {
			t.Errorf("%q: glass %q, feeder %q", listing, a.glass, a.feeder)
		}
	}
}

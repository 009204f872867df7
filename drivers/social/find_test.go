package social

import (
	"slices"
	"testing"
)

func TestFound(t *testing.T) {
	got := found([]string{"ACS ACR38U 01 00", "Virtual PCD 00 00", "Virtual PCD 00 01", "Reader [CCID Interface] (123456) 0A 00"})
	want := []Found{
		{"ACS ACR38U 01 00", "pcsc:ACS ACR38U"},
		{"Virtual PCD 00 00", "pcsc:Virtual PCD 00 00"},
		{"Virtual PCD 00 01", "pcsc:Virtual PCD 00 01"},
		{"Reader [CCID Interface] (123456) 0A 00", "pcsc:Reader [CCID Interface] (123456)"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("found %+v, want %+v", got, want)
	}
}

package rig

import (
	"testing"

	"github.com/jezek/xgb"
)

func TestDisplayStartsAndEnds(t *testing.T) {
	d, err := OpenDisplay(t.Context(), 300, 200)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := xgb.NewConnDisplay(d.Name)
	if err != nil {
		t.Fatalf("the display %s takes no connection: %v", d.Name, err)
	}
	conn.Close()
	d.Close()
	if _, err := xgb.NewConnDisplay(d.Name); err == nil {
		t.Fatal("the display is still there after Close")
	}
}

package rig

import (
	"testing"

	"bianmin/assets"
	"bianmin/core/catalogue"
	"bianmin/core/text"
)

// TestPointIsInTheDemoCounty: a point outside the catalogue's divisions is never offered as somebody's village.
func TestPointIsInTheDemoCounty(t *testing.T) {
	c, err := catalogue.Load(assets.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	path := c.Path(PointRegion)
	if len(path) != 3 || path[2].Name[text.Chinese]+"便民服务点" != PointName {
		t.Errorf("the point's division %s is %v, not the village of %s", PointRegion, path, PointName)
	}
}

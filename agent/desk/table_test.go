package desk

import (
	"bytes"
	"image/png"
	"testing"
	"time"

	"bianmin/core/form"
)

// fieldOf finds an item of the demo region with a field of a kind.
func fieldOf(t *testing.T, kind form.Kind) (item, name string) {
	t.Helper()
	for _, item := range demoSet.Items {
		for _, page := range item.Form.Pages {
			for _, field := range page.Fields {
				if field.Kind == kind && field.When == nil && page.When == nil {
					return item.Code, field.Name
				}
			}
		}
	}
	t.Fatalf("no item asks for a %s", kind)
	return "", ""
}

func TestTables(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		item, name := fieldOf(t, form.KindTable)
		s.begin(item)
		rows := func() [][]FieldView { return s.field(name).Rows }
		s.send(AddRow{Field: name}, AddRow{Field: name})
		if len(rows()) != 2 || len(rows()[0]) == 0 {
			t.Fatalf("rows: %+v", rows())
		}
		column := ""
		for _, cell := range rows()[0] {
			if cell.Field.Kind == form.KindText {
				column = cell.Field.Name
				break
			}
		}
		if column == "" {
			t.Fatal("the table has no text column")
		}
		cell := func(row int) FieldView {
			for _, c := range rows()[row] {
				if c.Field.Name == column {
					return c
				}
			}
			return FieldView{}
		}
		s.send(SetField{Path: name + ".1." + column, Text: "甲"}, SetField{Path: name + ".2." + column, Text: "乙"})
		if cell(0).Value != "甲" || cell(1).Value != "乙" {
			t.Fatalf("cells: %+v %+v", cell(0), cell(1))
		}
		s.send(RemoveRow{Field: name, Row: 1}, RemoveRow{Field: name, Row: 9})
		if len(rows()) != 1 || cell(0).Value != "乙" || cell(0).Shown != "乙" {
			t.Errorf("after removing the first row: %+v", rows())
		}
		for range 200 {
			s.send(AddRow{Field: name})
		}
		if n := len(rows()); n != s.field(name).Field.MaxRows {
			t.Errorf("%d rows", n)
		}
	})
}

func TestAddresses(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		item, name := fieldOf(t, form.KindAddress)
		s.begin(item)
		parts := func() (region, detail FieldView) { r := s.field(name).Rows[0]; return r[0], r[1] }
		s.send(SetField{Path: name + ".region", Text: "柳林镇"})
		region, _ := parts()
		if len(region.Choices) != 5 || region.Problem.Key != "desk.problem.region-several" || region.Shown != "柳林镇" {
			t.Fatalf("a town: %+v", region)
		}
		s.send(ChooseField{Path: name + ".region", Value: region.Choices[1].Code}, SetField{Path: name + ".detail", Text: "3组 12号"})
		region, detail := parts()
		if region.Value != "990301101201" || region.Shown != "柳林镇柳树沟村" || detail.Value != "3组 12号" || region.Problem.Key != "" {
			t.Errorf("address: %+v %+v", region, detail)
		}
		s.send(SetField{Path: name + ".region", Text: "xhp"})
		if region, detail = parts(); region.Value != "990301101202" || detail.Value != "3组 12号" {
			t.Errorf("by initials: %+v %+v", region, detail)
		}
		s.send(SetField{Path: name + ".region", Text: ""})
		if region, detail = parts(); region.Value != nil || detail.Value != "3组 12号" {
			t.Errorf("emptied: %+v %+v", region, detail)
		}
	})
}

func TestPagesAreWatermarked(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.begin(pension)
		s.send(ScanInto{Material: "HOUSEHOLD"})
		s.wait(time.Second)
		plain, err := shrink(onePage, "")
		if err != nil {
			t.Fatal(err)
		}
		shown := s.state.Accept.Materials[2].Pages[0].Thumbnail
		if _, err := png.Decode(bytes.NewReader(shown)); err != nil || bytes.Equal(shown, plain) {
			t.Errorf("the page is shown without a mark, %v", err)
		}
		var kept []byte
		for _, content := range s.office.files {
			kept = content
		}
		if !bytes.Equal(kept, onePage) {
			t.Error("the mark is in what is kept")
		}
	})
}

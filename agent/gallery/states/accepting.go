package states

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/text"
	"bianmin/drivers"
)

func (c canned) choosing() []Named {
	s := base(desk.ChooseItem)
	var items []catalogue.Item
	for _, item := range c.set.Items {
		items = append(items, *item)
	}
	s.ChooseItem = &desk.ChooseItemView{Items: items, Chosen: 2}
	none := base(desk.ChooseItem)
	none.ChooseItem = &desk.ChooseItemView{Query: "护照"}
	return []Named{{"choose-item", s}, {"choose-item-none", none}}
}

// fields are an item's fields with a few answers.
func fields(item *catalogue.Item, values map[string]any) (out []desk.FieldView) {
	for _, page := range item.Form.Pages {
		title := page.Title
		for _, field := range page.Fields {
			view := desk.FieldView{Field: field, Page: title, Value: values[field.Name]}
			title = nil
			if s, ok := view.Value.(string); ok {
				view.Shown = s
			}
			if field.Locked && view.Value != nil {
				view.Locked, view.From = true, "card"
			}
			if field.Kind == form.KindAddress {
				view.Rows = [][]desk.FieldView{{
					{Field: form.Field{Name: form.AddressRegion, Kind: form.KindRegion, Label: field.Label}, Shown: "柳树沟村"},
					{Field: form.Field{Name: form.AddressDetail, Kind: form.KindText, Label: field.Label}, Shown: "二组 18 号"},
				}}
			}
			if field.Kind == form.KindTable {
				var row []desk.FieldView
				for _, column := range field.Columns {
					row = append(row, desk.FieldView{Field: column})
				}
				view.Rows = [][]desk.FieldView{row, row}
			}
			out = append(out, view)
		}
	}
	return out
}

func materials(item *catalogue.Item) (out []desk.MaterialView) {
	for _, m := range item.Materials {
		view := desk.MaterialView{Material: m, Needed: !m.Optional, CanPromise: m.Promise}
		switch m.Source {
		case catalogue.SourceCard:
			view.Way = casefile.FromCard
		case catalogue.SourcePlatform:
			view.Way = casefile.Held
		case catalogue.SourceForm:
			view.Way = casefile.Made
		}
		out = append(out, view)
	}
	return out
}

var wang = desk.PersonView{Name: "王秀兰", Number: "990301194803120023", Sex: "2", Age: 78, Address: "青禾县柳林镇柳树沟村二组 18 号"}

func (c canned) accept(part string, values map[string]any) desk.State {
	s := base(desk.Accept)
	item := c.item(part)
	s.Accept = &desk.AcceptView{
		Draft: "d1", Item: item, Days: item.Limits.Promised, Due: "2026-12-18", Fields: fields(item, values), Materials: materials(item),
		Missing: []desk.Message{say("desk.problem.field", map[string]any{"field": both("银行", "Bank")})},
	}
	return s
}

func (c canned) accepting() []Named {
	card := map[string]any{"name": "王秀兰", "number": "990301194803120023", "birth": "1948-03-12"}
	begin := c.accept("高龄津贴", nil)
	filled := c.accept("高龄津贴", card)
	person := wang
	filled.Accept.Principal, filled.Accept.Known = &person, 2
	for i, field := range filled.Accept.Fields {
		switch field.Field.Name {
		case "phone":
			filled.Accept.Fields[i].Shown, filled.Accept.Fields[i].From = "13800001234", "earlier"
		case "account":
			filled.Accept.Fields[i].Shown = "62170"
			filled.Accept.Fields[i].Problem = say("form.problem.too-short", map[string]any{"missing": 11})
		case "elsewhere":
			filled.Accept.Fields[i].Value = false
		}
	}
	filled.Accept.Materials[1].Way = casefile.Scanned
	filled.Accept.Materials[1].Pages = []desk.PageView{{ID: "p1", Thumbnail: thumbnail(0), Quality: drivers.QualityGood, Trust: "C"}, {ID: "p2", Thumbnail: thumbnail(1), Quality: drivers.QualityBlurred, Trust: "C"}}
	filled.Accept.Materials[1].Trust = "C"
	filled.Accept.Materials[1].Bytes, filled.Accept.Materials[1].Material.Document = 412_300, true
	filled.Accept.Materials[1].Original = true
	filled.Accept.Materials[2].CanWait = true
	filled.Accept.CanBoth, filled.Accept.BothSides = true, true
	filled.Accept.Missing = append(filled.Accept.Missing, filled.Accept.Missing[0])

	absent := offline(c.accept("高龄津贴", card))
	absent.Accept.Principal, absent.Accept.Absent = &person, true
	absent.Accept.Delegate = &desk.PersonView{Name: "阿卜杜热合曼·吐尔逊·买买提伊明江", Number: "990301198507200014", Sex: "1", Age: 41, Address: "青禾县柳林镇石桥村三组 5 号", Expired: true}
	absent.Accept.Scope, absent.Accept.Until = []string{agency.ScopeApply, agency.ScopeCollect}, "2027-02-21"
	absent.Accept.AuthPages = []desk.PageView{{ID: "a1", Thumbnail: thumbnail(2), Quality: drivers.QualityGood}}
	absent.Role = agency.RoleLead

	guide := c.accept("高龄津贴", card)
	guide.Accept.Guide, guide.Accept.Busy = true, "scan"
	promise := c.accept("食品小经营店", card)
	if item := c.item("食品小经营店"); item.Promise != nil {
		promise.Accept.Promise = &desk.PromiseView{Text: item.Promise.Text, Deadline: item.Promise.Deadline, Accepted: true}
	}
	promise.Accept.Offered = []*catalogue.Item{c.item("个体工商户"), c.item("一次性创业")}
	promise.Accept.Package = promise.Accept.Offered[:1]
	promise.Accept.Missing = nil
	house := c.accept("农村宅基地", card)
	rare := c.accept("领取养老", map[string]any{"name": "韩\U00020164芬"})
	rare.Accept.Principal = &desk.PersonView{Name: "韩\ue863芬", Number: "990301194803120023", Sex: "2", Age: 78, Address: "青禾县柳林镇柳树沟村", HasPUA: true}
	withPhoto, without, byChip := wang, wang, wang
	withPhoto.Photo, without.PhotoProblem, byChip.Social, byChip.Address = portrait(), "no-decoder", true, ""
	photo, bare, social := c.accept("高龄津贴", card), c.accept("高龄津贴", card), c.accept("参保证明", card)
	photo.Accept.Principal, photo.Accept.Absent, photo.Accept.Delegate = &withPhoto, true, absent.Accept.Delegate
	for i := range social.Accept.Fields[:2] {
		social.Accept.Fields[i].From = "social-card"
	}
	social.Accept.Materials[0].Social = true
	bare.Accept.Principal, social.Accept.Principal = &without, &byChip
	return []Named{
		{"accept", begin},
		{"accept-filled", filled},
		{"accept-absent", absent},
		{"accept-guide", guide},
		{"accept-promise", promise},
		{"accept-table", house},
		{"accept-rare", rare},
		{"accept-photo", photo},
		{"accept-no-photo", bare},
		{"accept-social", social},
	}
}

func (c canned) accepted() []Named {
	filed := func(view desk.FiledView) desk.State {
		s := c.accept("高龄津贴", nil)
		view.Number = number(0)
		s.Accept.Filed = &view
		return s
	}
	return []Named{
		{"accepted", filed(desk.FiledView{Print: "printed", Copy: "printing"})},
		{"accepted-fault", offline(filed(desk.FiledView{Print: "failed", Fault: drivers.FaultPaperOut, Copy: "unconfirmed", Siblings: []casefile.Number{number(3), number(4)}}))},
	}
}

func (c canned) correcting() []Named {
	line := lines()[1]
	file := detail(line)
	item := c.item("最低生活保障")
	material := materials(item)[1]
	material.Pages = []desk.PageView{{ID: "p9", Thumbnail: thumbnail(1), Quality: drivers.QualityGood}}
	empty := materials(item)[2]
	phone := desk.FieldView{Field: field(item, "phone"), Shown: "1380000", Problem: say("form.problem.incomplete", map[string]any{"missing": 4})}
	view := desk.CorrectView{Case: *file, Points: []desk.PointView{
		{Point: file.Notice.Points[0], Name: "家庭收入证明", Material: &empty},
		{Point: file.Notice.Points[1], Name: "户口本", Material: &material, Answered: true},
		{Point: casefile.NoticePoint{ID: "3", Field: "phone", Text: "少一位"}, Name: "手机号码", Field: &phone},
	}}
	s := base(desk.Correct)
	s.Correct = &view
	done := base(desk.Correct)
	ready := view
	ready.Points, ready.Ready = []desk.PointView{{Point: file.Notice.Points[1], Name: "户口本", Material: &material, Answered: true}}, true
	done.Correct = &ready
	return []Named{{"correct", s}, {"correct-ready", done}}
}

func field(item *catalogue.Item, name string) form.Field {
	for _, page := range item.Form.Pages {
		for _, field := range page.Fields {
			if field.Name == name {
				return field
			}
		}
	}
	return form.Field{Name: name, Kind: form.KindText, Label: text.Zh(name)}
}

// thumbnail draws a page of lines, each n another one.
func thumbnail(n int) []byte {
	img := image.NewGray(image.Rect(0, 0, 60, 84))
	for y := range 84 {
		for x := range 60 {
			shade := uint8(255)
			if y > 10 && y < 70 && y%7 == 0 && x > 8 && x < 30+(y*(n+3))%24 {
				shade = 120
			}
			img.SetGray(x, y, color.Gray{Y: shade})
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		panic(fmt.Sprintf("encode a thumbnail: %v", err)) // memory only: cannot fail
	}
	return out.Bytes()
}

package states

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/kiosk/journey"
)

// thumbnail draws a small picture of a written page.
func thumbnail() []byte {
	page := image.NewGray(image.Rect(0, 0, 210, 297))
	draw.Draw(page, page.Bounds(), image.NewUniform(color.Gray{Y: 250}), image.Point{}, draw.Src)
	bar := func(x0, y0, x1, y1 int, grey uint8) {
		draw.Draw(page, image.Rect(x0, y0, x1, y1), image.NewUniform(color.Gray{Y: grey}), image.Point{}, draw.Src)
	}
	bar(50, 24, 160, 38, 60)
	for y := 64; y < 260; y += 22 {
		bar(20, y, 190-(y*7)%40, y+7, 140)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, page); err != nil {
		panic("states: encode a picture in memory: " + err.Error())
	}
	return b.Bytes()
}

func pages(qualities ...drivers.Quality) []journey.PageView {
	var all []journey.PageView
	for i, quality := range qualities {
		all = append(all, journey.PageView{ID: string(rune('a' + i)), Thumbnail: thumbnail(), Quality: quality})
	}
	return all
}

func lines(last journey.MaterialLine) []journey.MaterialLine {
	all := materials()
	last.Code, last.Material = all[2].Code, all[2]
	return []journey.MaterialLine{
		{Code: all[0].Code, Material: all[0], Way: casefile.FromCard},
		{Code: all[1].Code, Material: all[1], Way: casefile.Held},
		last,
	}
}

func papers() []Named {
	with := func(view journey.MaterialsView) journey.State {
		s := base(journey.Materials, journey.StepMaterials)
		view.ItemName = pension
		s.Materials = &view
		s.Next = next("next.materials")
		if view.Missing > 0 {
			s.Next = blocked("next.materials", "why.materials", map[string]any{"missing": view.Missing})
		}
		if view.Busy != "" {
			s.Next = blocked("next.materials", "why.scanning", nil)
		}
		return s
	}
	open := journey.MaterialLine{Active: true, CanPromise: true}
	good, blurred, dark, several, promised := open, open, open, open, open
	good.Way, good.Pages = casefile.Scanned, pages(drivers.QualityGood)
	blurred.Way, blurred.Pages = casefile.Scanned, pages(drivers.QualityBlurred)
	dark.Way, dark.Pages = casefile.Scanned, pages(drivers.QualityDark)
	several.Way, several.Pages = casefile.Scanned, pages(drivers.QualityGood, drivers.QualityDark, drivers.QualitySkewed, drivers.QualityGood)
	promised.Way = casefile.Promised

	many := lines(good)
	for _, words := range [][2]string{{"低收入家庭证明", "Proof of low income"}, {"残疾人证", "Disability certificate"}, {"银行卡复印件", "Copy of the bank card"}} {
		m := catalogue.Material{Code: words[1], Name: both(words[0], words[1]), Original: "copy", Copies: 2, Seal: "both", Source: catalogue.SourcePerson, Needed: both("只有第一次申请时要", "Only for the first application")}
		many = append(many, journey.MaterialLine{Code: m.Code, Material: m, Optional: words[1] == "Disability certificate"})
	}
	return []Named{
		{"materials", with(journey.MaterialsView{Needed: 3, Missing: 1, Lines: lines(open)})},
		{"materials-camera", with(journey.MaterialsView{Needed: 3, Missing: 1, Lines: lines(open), Camera: true})},
		{"materials-camera-dark", with(journey.MaterialsView{Needed: 3, Lines: lines(dark), Camera: true})},
		{"materials-blurred", with(journey.MaterialsView{Needed: 3, Lines: lines(blurred)})},
		{"materials-good", with(journey.MaterialsView{Needed: 3, Lines: lines(good)})},
		{"materials-pages", with(journey.MaterialsView{Needed: 3, Lines: lines(several)})},
		{"materials-scanning", with(journey.MaterialsView{Needed: 3, Missing: 1, Lines: lines(open), Busy: "hukou"})},
		{"materials-problem", with(journey.MaterialsView{Needed: 3, Missing: 1, Lines: lines(open), Problem: journey.Message{Key: "scan.problem.no-document"}})},
		{"materials-promised", with(journey.MaterialsView{Needed: 3, Lines: lines(promised)})},
		{"materials-many", with(journey.MaterialsView{Needed: 6, Missing: 2, Lines: many})},
		{"materials-none", with(journey.MaterialsView{Needed: 1, Lines: lines(open)[:1]})},
	}
}

func reviews() []Named {
	promise := base(journey.Promise, journey.StepForm)
	letter := guide().Promise
	view := journey.PromiseView{ItemName: pension, Text: letter.Text, Breach: letter.Breach, Deadline: letter.Deadline, Covers: []text.Local{both("户口本本人页", "Household register, your page")}}
	promise.Promise = &view
	promise.Next = next("next.no-promise")
	accepted := base(journey.Promise, journey.StepForm)
	taken := view
	taken.Accepted = true
	accepted.Promise = &taken
	accepted.Next = next("next.promise")

	check := []journey.ReviewLine{
		{Label: journey.Message{Key: "review.item"}, Values: []text.Local{both("养老待遇资格认证", "Pension check")}},
		{Label: journey.Message{Key: "review.applicant"}, FromCard: true, Words: []journey.Message{{Key: "review.applicant-line", Args: map[string]any{"name": "王秀兰", "sex": text.Key("sex.2"), "age": 78}}}},
		{Title: both("手机号码", "Telephone"), Value: "138 0531 2764", Edit: "phone"},
		{Label: journey.Message{Key: "review.materials"}, Edit: "materials", Words: []journey.Message{
			{Key: "review.material-pages", Args: map[string]any{"name": both("户口本本人页", "Household register, your page"), "n": 1}},
			{Key: "review.materials-rest", Args: map[string]any{"n": 2}},
		}},
	}
	usual := base(journey.Review, journey.StepSign) // the pension item as it comes from the demo region
	usual.Review = &journey.ReviewView{ItemName: pension, Lines: []journey.ReviewLine{
		{Label: journey.Message{Key: "review.item"}, Values: []text.Local{both("领取养老保险待遇资格认证", "Certification to keep drawing a pension")}},
		check[1],
		{Label: journey.Message{Key: "review.number"}, FromCard: true, Value: "620000 19480315 0001"},
		{Title: both("待遇种类", "Pension"), Values: []text.Local{both("城乡居民养老保险", "Resident pension")}, Edit: "pension"},
		check[2],
		{Title: both("现在住处", "Where you live"), Values: []text.Local{both("本县", "In this county")}, Edit: "residence"},
		{Title: both("领取结果", "Result"), Values: []text.Local{both("短信通知，不用再来", "Text message; no need to come back")}, Edit: "notice"},
		check[3],
	}}
	usual.Next = blocked("next.submit", "why.sign", nil)
	review := base(journey.Review, journey.StepSign)
	review.Review = &journey.ReviewView{ItemName: pension, Lines: check}
	review.Next = blocked("next.submit", "why.sign", nil)
	signed := base(journey.Review, journey.StepSign)
	signed.Review = &journey.ReviewView{ItemName: pension, Lines: check, Signed: true}
	signed.Next = next("next.submit")
	said := func(words string) []journey.Message {
		return []journey.Message{{Key: "correct.said", Args: map[string]any{"text": words}}}
	}
	correct := base(journey.Review, journey.StepSign)
	correct.Review = &journey.ReviewView{ItemName: pension, Correction: true, Lines: []journey.ReviewLine{
		check[0],
		{Label: journey.Message{Key: "correct.number"}, Value: number},
		{Title: both("手机号码", "Telephone"), Value: "138 0531 2764", Edit: "phone", Said: said("手机号少一位。")},
		{Label: journey.Message{Key: "review.materials"}, Edit: "materials", Said: said("卡号看不清，请重新扫描。"), Words: []journey.Message{
			{Key: "review.material-pages", Args: map[string]any{"name": both("银行卡复印件", "Copy of the bank card"), "n": 1}},
		}},
	}}
	correct.Next = blocked("next.submit", "why.sign", nil)
	failed := base(journey.Review, journey.StepSign)
	failed.Review = &journey.ReviewView{ItemName: pension, Lines: check, Signed: true, Problem: journey.Message{Key: "submit.failed"}}
	failed.Next = next("next.submit")
	long := base(journey.Review, journey.StepSign)
	longer := append([]journey.ReviewLine{}, check...)
	longer = append(
		longer,
		journey.ReviewLine{Title: both("现住址", "Address"), Value: "青禾县柳林镇柳树沟村二组 18 号（村委会往东 200 米）", Edit: "home"},
		journey.ReviewLine{Title: both("需要的帮助", "Help needed"), Values: []text.Local{both("送饭", "Meals"), both("看病陪护", "Company to the doctor"), both("打扫房间", "Cleaning")}, Edit: "needs"},
		journey.ReviewLine{Title: both("独自居住", "Living alone"), Values: []text.Local{both("是", "Yes")}, Edit: "alone"},
		journey.ReviewLine{Title: both("家庭成员", "Family"), Value: "赵德顺、赵小梅", Edit: "family"},
		journey.ReviewLine{Title: both("备注", "Remarks"), Edit: "remarks"},
	)
	long.Review = &journey.ReviewView{ItemName: pension, Lines: longer}
	long.Next = blocked("next.submit", "why.sign", nil)
	return []Named{
		{"promise", promise},
		{"promise-accepted", accepted},
		{"review", review},
		{"review-correct", correct},
		{"review-pension", usual},
		{"review-signed", signed},
		{"review-failed", failed},
		{"review-long", long},
	}
}

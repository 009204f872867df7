package states

import (
	"bianmin/core/form"
	"bianmin/core/text"
	"bianmin/kiosk/journey"
)

func question(view journey.QuestionView) journey.State {
	s := base(journey.Question, journey.StepForm)
	view.ItemName, view.Today = pension, now
	if view.Index == 0 {
		view.Index = 2
	}
	if view.Total == 0 {
		view.Total = 4
	}
	shown := &view
	if view.Column != nil {
		view.Column.Today = now
		shown = view.Column
	}
	s.Question = &view
	s.Next = next("next.question")
	if shown.Problem.Key != "" {
		s.Next = blocked("next.question", shown.Problem.Key, shown.Problem.Args)
	}
	return s
}

func problem(code string, args map[string]any) journey.Message {
	return journey.Message{Key: "form.problem." + code, Args: args}
}

func askPhone() form.Field {
	return form.Field{
		Name: "phone", Kind: form.KindPhone, Label: both("手机号码", "Telephone"),
		Ask:  both("您的手机号码是多少？", "What is your telephone number?"),
		Hint: both("办好以后用短信通知您。没有手机可以填家人的。", "We send you a text message when it is done. A relative's number will do."),
	}
}

func askName() form.Field {
	return form.Field{
		Name: "kin", Kind: form.KindText, Label: both("家里人姓名", "Relative"),
		Ask: both("家里哪位可以帮您联系？", "Which relative can we contact?"), Hint: both("填姓名就行。", "The name is enough."),
	}
}

// typed are the questions one types an answer to.
func typed() []Named {
	phone := question(journey.QuestionView{Field: askPhone(), Problem: problem("required", nil)})
	partly := question(journey.QuestionView{Field: askPhone(), Value: "138053127", Problem: problem("incomplete", map[string]any{"missing": 2})})
	whole := question(journey.QuestionView{Field: askPhone(), Value: "13805312764"})
	name := question(journey.QuestionView{Field: askName(), Problem: problem("required", nil)})
	named := question(journey.QuestionView{Field: askName(), Value: "赵德顺"})
	optional := question(journey.QuestionView{Field: askName(), Optional: true})

	area := form.Field{Name: "area", Kind: form.KindNumber, Label: both("宅基地面积", "Plot"), Ask: both("宅基地有多少平方米？", "How large is the plot?"), Unit: both("平方米", "square metres")}
	number := question(journey.QuestionView{Field: area, Value: 133.5})
	tooMuch := question(journey.QuestionView{Field: area, Value: 1335.0, Problem: problem("maximum", map[string]any{"max": 200})})

	id := form.Field{Name: "spouse", Kind: form.KindIDNumber, Label: both("配偶身份证号", "Spouse's ID number"), Ask: both("配偶的身份证号是多少？", "What is your spouse's ID number?"), Hint: both("在身份证正面最下面一行，共 18 位。", "The last line on the front of the card, 18 digits.")}
	idPartly := question(journey.QuestionView{Field: id, Value: "9903011948", Problem: problem("incomplete", map[string]any{"missing": 8})})
	idWrong := question(journey.QuestionView{Field: id, Value: "990301194803120024", Problem: problem("id-number", nil)})
	idRight := question(journey.QuestionView{Field: id, Value: "99030119460708001X"})

	credit := form.Field{Name: "credit", Kind: form.KindCreditCode, Label: both("统一社会信用代码", "Credit code"), Ask: both("营业执照上的统一社会信用代码是什么？", "What is the credit code on the licence?"), Hint: both("18 位，数字和字母。", "18 digits and letters.")}
	creditPartly := question(journey.QuestionView{Field: credit, Value: "92990301MA3D", Problem: problem("incomplete", map[string]any{"missing": 6})})

	locked := question(journey.QuestionView{
		Index: 1, Locked: true, Value: "王秀兰",
		Field: form.Field{Name: "name", Kind: form.KindText, Label: both("姓名", "Name"), Ask: both("您的姓名", "Your name"), Locked: true, Prefill: form.FromCardName},
	})
	return []Named{
		{"question-phone-empty", phone},
		{"question-phone", partly},
		{"question-phone-whole", whole},
		{"question-text-empty", name},
		{"question-text", named},
		{"question-text-optional", optional},
		{"question-number", number},
		{"question-number-problem", tooMuch},
		{"question-id", idPartly},
		{"question-id-problem", idWrong},
		{"question-id-whole", idRight},
		{"question-credit", creditPartly},
		{"question-locked", locked},
	}
}

// chosen are the questions one picks an answer to.
func chosen() []Named {
	live := form.Field{
		Name: "live", Kind: form.KindChoice, Label: both("现在住在哪里", "Where you live"), Ask: both("您现在住在哪里？", "Where do you live now?"),
		Options: []form.Option{
			{Code: "home", Label: both("在本村自己家", "At home in the village")},
			{Code: "child", Label: both("在子女家", "With a child"), Hint: both("包括在外地的子女家", "Also in another place")},
			{Code: "care", Label: both("在养老院", "In a care home")},
			{Code: "other", Label: both("在别处", "Elsewhere")},
		},
	}
	reason := live
	reason.Options = nil
	for _, words := range [][2]string{
		{"结婚", "Marriage"},
		{"离婚", "Divorce"},
		{"就业", "Work"},
		{"上学", "School"},
		{"参军", "Army"},
		{"投靠父母", "To the parents"},
		{"投靠子女", "To the children"},
		{"投靠配偶", "To the spouse"},
		{"购房", "House bought"},
		{"收养", "Adoption"},
		{"其他原因", "Another reason"},
	} {
		reason.Options = append(reason.Options, form.Option{Code: words[1], Label: both(words[0], words[1])})
	}
	reason.Ask = both("为什么迁户口？", "Why do you move the register?")
	needs := form.Field{
		Name: "needs", Kind: form.KindManyChoice, Label: both("需要的帮助", "Help needed"), Ask: both("您需要哪些帮助？", "Which help do you need?"),
		Options: []form.Option{
			{Code: "meal", Label: both("送饭", "Meals")},
			{Code: "bath", Label: both("洗澡", "Bathing")},
			{Code: "clinic", Label: both("看病陪护", "Company to the doctor"), Hint: both("每月两次", "Twice a month")},
			{Code: "house", Label: both("打扫房间", "Cleaning")},
		},
	}
	alone := form.Field{Name: "alone", Kind: form.KindYesNo, Label: both("独自居住", "Living alone"), Ask: both("您是一个人住吗？", "Do you live alone?")}
	born := form.Field{Name: "born", Kind: form.KindDate, Label: both("孩子出生日期", "Date of birth"), Ask: both("孩子是哪天出生的？", "When was the child born?"), Hint: both("看出生医学证明。", "See the birth certificate.")}
	return []Named{
		{"question-choice", question(journey.QuestionView{Field: live, Problem: problem("required", nil)})},
		{"question-choice-made", question(journey.QuestionView{Field: live, Value: "child"})},
		{"question-choice-long", question(journey.QuestionView{Field: reason, Value: "School"})},
		{"question-many", question(journey.QuestionView{Field: needs, Value: []any{"meal", "clinic"}})},
		{"question-yesno", question(journey.QuestionView{Field: alone, Problem: problem("required", nil)})},
		{"question-yesno-made", question(journey.QuestionView{Field: alone, Value: true})},
		{"question-date-empty", question(journey.QuestionView{Field: born, Problem: problem("required", nil)})},
		{"question-date", question(journey.QuestionView{Field: born, Value: "2026-09-03"})},
	}
}

func divisions(names ...string) []journey.RegionLine {
	var all []journey.RegionLine
	for i, name := range names {
		all = append(all, journey.RegionLine{Code: string(rune('a' + i)), Name: text.Zh(name), Leaf: len(name) > 0 && name[len(name)-3:] == "村"})
	}
	return all
}

// places are the questions about where.
func places() []Named {
	where := form.Field{Name: "region", Kind: form.KindRegion, Label: both("户口所在地", "Registered at"), Ask: both("户口在哪个村？", "In which village are you registered?")}
	home := form.Field{Name: "home", Kind: form.KindAddress, Label: both("现住址", "Address"), Ask: both("您现在住在哪里？", "Where do you live now?")}
	county := divisions("青禾县")
	town := divisions("青禾县", "柳林镇")
	villages := divisions("柳树沟村", "上河村", "下河村", "王家庄村", "石门村", "东岭村", "西岭村", "红旗村", "水磨村", "大槐树村")
	chosen := divisions("青禾县", "柳林镇", "柳树沟村")
	detail := map[string]any{"region": "990301101201", "detail": "二组18号"}
	return []Named{
		{"question-region", question(journey.QuestionView{Field: where, Regions: divisions("城关镇", "柳林镇", "石桥镇", "白杨乡", "南山乡"), Chosen: county, Problem: problem("region-incomplete", nil)})},
		{"question-region-deep", question(journey.QuestionView{Field: where, Value: "990301101000", Regions: villages, Chosen: town, Problem: problem("region-incomplete", nil)})},
		{"question-region-made", question(journey.QuestionView{Field: where, Value: "990301101201", Chosen: chosen})},
		{"question-address", question(journey.QuestionView{Field: home, Regions: villages, Chosen: town, Problem: problem("region-incomplete", nil)})},
		{"question-address-detail", question(journey.QuestionView{Field: home, Value: detail, Chosen: chosen})},
	}
}

// tables are questions with rows.
func tables() []Named {
	kin := form.Field{Name: "name", Kind: form.KindText, Label: both("姓名", "Name"), Ask: both("这位家人叫什么？", "What is this person's name?")}
	tie := form.Field{
		Name: "tie", Kind: form.KindChoice, Label: both("和您的关系", "Relation"), Ask: both("是您的什么人？", "Who is it to you?"),
		Options: []form.Option{{Code: "spouse", Label: both("配偶", "Spouse")}, {Code: "child", Label: both("子女", "Child")}, {Code: "parent", Label: both("父母", "Parent")}},
	}
	income := form.Field{Name: "income", Kind: form.KindNumber, Label: both("每月收入", "Monthly income"), Ask: both("每月收入多少？", "Income a month?"), Unit: both("元", "yuan")}
	family := form.Field{
		Name: "family", Kind: form.KindTable, Label: both("家庭成员", "Family"), Ask: both("家里还有哪些人？", "Who else is in the family?"),
		Hint: both("一起吃住的都要填。", "Everyone who lives with you."), Columns: []form.Field{kin, tie, income}, MaxRows: 4,
	}
	rows := []any{
		map[string]any{"name": "赵德顺", "tie": "spouse", "income": 860.0},
		map[string]any{"name": "赵小梅", "tie": "child", "income": 3200.0},
	}
	full := append(append([]any{}, rows...), rows...)
	column := question(journey.QuestionView{Field: family, Value: rows, Row: 3, Column: &journey.QuestionView{Field: tie, Index: 2, Total: 3, Value: "child"}})
	amount := question(journey.QuestionView{Field: family, Value: rows, Row: 3, Column: &journey.QuestionView{Field: income, Index: 3, Total: 3, Problem: problem("required", nil)}})
	return []Named{
		{"question-table-empty", question(journey.QuestionView{Field: family, Problem: problem("min-rows", map[string]any{"missing": 1, "min": 1})})},
		{"question-table", question(journey.QuestionView{Field: family, Value: rows})},
		{"question-table-full", question(journey.QuestionView{Field: family, Value: full})},
		{"question-table-column", column},
		{"question-table-number", amount},
	}
}

package receipt_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/receipt"
	"bianmin/core/receipt/receipttest"
	"bianmin/core/text"
)

func loaded(t *testing.T) (*text.Catalog, *catalogue.Catalogue) {
	t.Helper()
	words, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalogue.Load(assets.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	return words, c
}

// said is every text of a document, in one string.
func said(t *testing.T, document any) string {
	t.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(document); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEveryPaperSaysWhatItMust(t *testing.T) {
	words, c := loaded(t)
	checked := c.Form(c.Items[0].Code)
	values := form.Values{}
	papers := receipttest.Papers(receipttest.Desk(text.Chinese, words), checked, values, nil)
	number := "QH0301A-261122-0042-X"
	person := receipttest.Principal()
	for name, parts := range map[string][]string{
		"authorisation":       {number, person.Name, person.Number, person.Address, "13897000001", "欧阳建国", "630102197711203016", "马玉兰（工号 301007）", "高龄津贴申领", "■ 递交申请", "□ 代交费用", "自 2026年11月20日 至 2026年12月31日", "委托人（签名）", "受托人（签名）", "代办员（签名）"},
		"authorisation-blank": {"高龄津贴申领", "____ 年", "□ 递交申请"},
		"suspension":          {"中止单", number, "月底回来后再补材料", "委托人/受托人（签名）"},
		"resumption":          {"续办委托书", "2026年11月21日", "材料已备齐"},
		"ending":              {"终止单", "自行办理", "全部退还"},
		"completion":          {"办结单", "每月 110 元", "123.45 元", "已退还欧阳" + receipttest.Rare, "已移交柳树沟乡便民服务中心（QH0301A-261122-0043-K）", "本服务点保管（2 号柜第 3 层）"},
		"notice":              {"全部 3 项一次告知", "【居民户口簿】户主页照片反光", "（第 2 页）", "联系电话少一位", "2026年11月27日", "0970-5550188", "BM1:"},
		"sheet":               {"交接单", "QH0301A-261122-0043-K", "柳树沟乡便民服务中心", "合计 70 种", "105", "QH0301A-261122-0042-X/1", "接收人（签名）", "BM1:"},
		"taken":               {"收件凭证", "欧阳建国", "一寸照片", "2 号柜第 3 层", "办结时归还"},
		"fee":                 {"QH0301A-000042", "人民币 壹佰贰拾叁元肆角伍分", "￥123.45", "欧阳建国", "现金", "第一联", "第二联", "沿此线"},
		"refund":              {"退费收据", "QH0301A-000043", "QH0301A-000042", "贰拾叁元肆角伍分", "￥23.45", "多收"},
		"daily":               {"-23.45", "￥215.45", "￥215.00", "￥-0.45", "人民币 贰佰壹拾伍元整", "少收 0.45", "合计 4 笔"},
		"copy":                {number, person.Number, "B 级（已与原件核对）", "C 级（未核对原件）", "2026年12月4日 前补交", "本人已核对"},
		"promise-letter":      {"健在证明、居住证明", "20 个工作日", "停发津贴", "长期居住在本村"},
		"register":            {"办件登记簿", "QH0301A-261101-0001-X", person.Number, "待补正"},
		"report":              {"农村村民住宅建设申请", "45", "238.90", "23.45", "215.45", "非常满意", "未遇到人"},
	} {
		paper, there := papers[name]
		if !there {
			t.Errorf("no %s", name)
			continue
		}
		if err := paper.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got := said(t, paper)
		for _, part := range parts {
			if !strings.Contains(got, part) {
				t.Errorf("%s: %q is missing in\n%s", name, part, got)
			}
		}
		if strings.Contains(paper.Title, "欧阳") || strings.Contains(paper.Foot, "欧阳") {
			t.Errorf("%s: a name in title or foot", name)
		}
	}
	if missing := words.Missing(); len(missing) > 0 {
		t.Errorf("no words for %v", missing)
	}
}

// TestDaysAreChinas: times come from the store in any zone.
func TestDaysAreChinas(t *testing.T) {
	words, _ := loaded(t)
	c := receipttest.Case()
	c.Filed = time.Date(2026, 11, 19, 23, 0, 0, 0, time.UTC)
	got := said(t, receipt.Turn(receipttest.Desk(text.Chinese, words), receipt.TurnPaper{Case: c, Kind: casefile.Ended}))
	if !strings.Contains(got, "2026年11月20日") || strings.Contains(got, "2026年11月19日") {
		t.Error(got)
	}
}

func TestPapersInEnglish(t *testing.T) {
	words, c := loaded(t)
	d := receipttest.Desk(text.English, words)
	d.Point, d.Agent = "Point", "Agent"
	for name, paper := range receipttest.Papers(d, c.Form(c.Items[0].Code), form.Values{}, nil) {
		if strings.ContainsFunc(paper.Title+paper.Count, func(r rune) bool { return r >= 0x3400 }) {
			t.Errorf("%s: Chinese in %q", name, paper.Title)
		}
	}
	receipttest.Strips(d)
	if missing := words.Missing(); len(missing) > 0 {
		t.Errorf("no words for %v", missing)
	}
}

func TestStripsHideNames(t *testing.T) {
	words, _ := loaded(t)
	d := receipttest.Desk(text.Chinese, words)
	for name, parts := range map[string][]string{
		"notice": {"共 3 项", "户主页照片反光", "2026年11月27日", "BM1:", "欧**" + string([]rune(receipttest.Rare)[1])},
		"taken":  {"居民户口簿　1 份（1 号）", "2 号柜第 3 层", "办结时归还", "欧**国"},
		"fee":    {"QH0301A-000042", "壹佰贰拾叁元肆角伍分", "￥123.45", "现金", "欧**国", "马玉兰"},
		"refund": {"退费收据", "QH0301A-000041", "多收"},
	} {
		strip := receipttest.Strips(d)[name]
		if err := strip.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got := said(t, strip)
		for _, part := range parts {
			if !strings.Contains(got, part) {
				t.Errorf("%s: %q is missing in\n%s", name, part, got)
			}
		}
		if strings.Contains(got, "欧阳") || strings.Contains(got, "630102") {
			t.Errorf("%s: it names the person: %s", name, got)
		}
	}
}

func TestMarks(t *testing.T) {
	words, _ := loaded(t)
	d := receipttest.Desk(text.Chinese, words)
	fee := receipt.FeePaper{Entry: casefile.FeeEntry{Receipt: "R-1", Fen: 100}}
	if got := said(t, receipt.FeeReceipt(d, fee)) + said(t, receipt.FeeStrip(d, fee)); strings.Contains(got, "补打") || strings.Contains(got, "不作凭证") {
		t.Error("a first print is marked")
	}
	d.Reprint, d.Practice = true, true
	for _, got := range []string{said(t, receipt.FeeReceipt(d, fee)), said(t, receipt.FeeStrip(d, fee))} {
		if !strings.Contains(got, "补打") || !strings.Contains(got, "练习用，不作凭证") {
			t.Errorf("a reprint in practice is not marked: %s", got)
		}
	}
	if p := receipt.Scans(d, receipt.ScansPaper{Number: "N-1", Pictures: [][]byte{{1}, {2}}}); len(p.Parts) != 3 || p.Parts[0].Text != "仅供办件 N-1 使用" || p.Check() != nil {
		t.Errorf("scans %+v", p)
	}
	if p := receipt.Turn(d, receipt.TurnPaper{Kind: casefile.Submitted}); len(p.Parts) != 0 {
		t.Error("a form for a turn that has none")
	}
}

// TestCopyShowsValuesAsTheForm: choices by their words, divisions by their names, tables row by row, hidden fields not at all.
func TestCopyShowsValuesAsTheForm(t *testing.T) {
	words, _ := loaded(t)
	f := form.Form{
		Version: "1",
		Schema: json.RawMessage(`{"type":"object","additionalProperties":false,"required":["a","b","c","d","e","h","i","j"],"properties":{
			"a":{"type":"string","enum":["x","y"]},"b":{"type":"boolean"},"c":{"type":"number"},"d":{"type":"string","format":"date"},
			"e":{"type":"object","additionalProperties":false,"required":["region","detail"],"properties":{"region":{"type":"string"},"detail":{"type":"string","maxLength":50}}},
			"g":{"type":"string","maxLength":50},"h":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["n"],"properties":{"n":{"type":"string","maxLength":50}}}},
			"i":{"type":"array","items":{"type":"string","enum":["x","y"]}},"j":{"type":"string"}}}`),
		Pages: []form.Page{{Title: text.Zh("页"), Fields: []form.Field{
			{Name: "a", Kind: form.KindChoice, Label: text.Zh("选"), Options: options()},
			{Name: "b", Kind: form.KindYesNo, Label: text.Zh("是否")},
			{Name: "c", Kind: form.KindNumber, Label: text.Zh("面积"), Unit: text.Zh("平方米")},
			{Name: "d", Kind: form.KindDate, Label: text.Zh("日")},
			{Name: "e", Kind: form.KindAddress, Label: text.Zh("址")},
			{Name: "g", Kind: form.KindText, Label: text.Zh("藏"), When: &form.Condition{Field: "b", Equals: false}},
			{Name: "h", Kind: form.KindTable, Label: text.Zh("家人"), MaxRows: 5, Columns: []form.Field{{Name: "n", Kind: form.KindText, Label: text.Zh("家人姓名")}}},
			{Name: "i", Kind: form.KindManyChoice, Label: text.Zh("多"), Options: options()},
			{Name: "j", Kind: form.KindRegion, Label: text.Zh("区")},
		}}},
	}
	checked, err := form.Compile(f)
	if err != nil {
		t.Fatal(err)
	}
	values := form.Values{
		"a": "y", "b": true, "c": 88.5, "d": "2026-11-22", "e": map[string]any{"region": "1", "detail": "三社"}, "g": "不该出现",
		"h": []any{map[string]any{"n": "欧阳建国"}, map[string]any{"n": "欧阳建民"}}, "i": []any{"x", "y"}, "j": "2",
	}
	region := func(code string) string { return map[string]string{"1": "青禾县柳树沟乡"}[code] }
	got := said(t, receipt.Copy(receipttest.Desk(text.Chinese, words), receipt.CopyPaper{Form: checked, Values: values, Region: region}))
	for _, part := range []string{`"选","text":"第二"`, `"是否","text":"是"`, "88.5 平方米", "2026年11月22日", "青禾县柳树沟乡三社", "家人姓名", `["1","欧阳建国"]`, `["2","欧阳建民"]`, "第一、第二", `"区","text":"2"`} {
		if !strings.Contains(got, part) {
			t.Errorf("%q is missing in\n%s", part, got)
		}
	}
	if strings.Contains(got, "不该出现") {
		t.Error("a field that does not apply is on paper")
	}
}

func options() []form.Option {
	return []form.Option{{Code: "x", Label: text.Zh("第一")}, {Code: "y", Label: text.Zh("第二")}}
}

func TestReadPages(t *testing.T) {
	words, c := loaded(t)
	for name, want := range receipttest.Papers(receipttest.Desk(text.Chinese, words), c.Form(c.Items[0].Code), form.Values{}, nil) {
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := receipt.ReadPages(strings.NewReader(string(data)))
		again, failed := json.Marshal(got)
		if err != nil || failed != nil || !reflect.DeepEqual(data, again) {
			t.Errorf("%s does not come back from its JSON: %v %v", name, err, failed)
		}
	}
	for name, bad := range map[string]string{
		"empty": "", "no parts": "{}", "unknown field": `{"parts":[{"kind":"title","text":"x","x":1}]}`, "unknown kind": `{"parts":[{"kind":"x"}]}`, "no text": `{"parts":[{"kind":"title"}]}`,
		"alignment": `{"parts":[{"kind":"title","text":"x","align":"middle"}]}`, "no columns": `{"parts":[{"kind":"table"}]}`, "share": `{"parts":[{"kind":"table","columns":[{"label":"a","share":0}]}]}`,
		"cells": `{"parts":[{"kind":"table","columns":[{"label":"a","share":1}],"rows":[["1","2"]]}]}`, "space": `{"parts":[{"kind":"space","height":999}]}`, "no picture": `{"parts":[{"kind":"picture"}]}`,
		"no points": `{"parts":[{"kind":"points"}]}`, "two": `{"parts":[{"kind":"cut"}]}{}`, "no code": `{"parts":[{"kind":"code"}]}`, "no lines": `{"parts":[{"kind":"signature"}]}`,
	} {
		if _, err := receipt.ReadPages(strings.NewReader(bad)); !errors.Is(err, receipt.ErrDocument) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

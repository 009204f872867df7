package receipt

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/text"
)

var china = time.FixedZone("CST", 8*3600)

func sampleSlip() Slip {
	return Slip{
		Lang: text.Chinese, Words: catalog(), Point: "柳树沟村便民服务点", Phone: "0970-5550188", Item: "高龄津贴申领", Person: "欧阳小芳",
		Number: "QH0301A-261122-0042-X", Department: "青河县民政局", Days: 5, Filed: time.Date(2026, 11, 22, 15, 3, 0, 0, china),
		Inquiry: "0970-5550123", Complaint: "12345", QR: "BM1:CODE",
	}
}

// catalog is the words of the terminal.
func catalog() *text.Catalog {
	c, err := text.Load(assets.Words())
	if err != nil {
		panic(err)
	}
	return c
}

func worded(s Slip) Slip {
	s.Words = catalog()
	return s
}

// all is every word of a document.
func all(d Document) string {
	var b strings.Builder
	for _, block := range d.Blocks {
		fmt.Fprintln(&b, block.Label, block.Text, block.Data)
	}
	return b.String()
}

func TestReceiptSaysWhatMatters(t *testing.T) {
	d := Receipt(sampleSlip())
	for _, part := range []string{
		"柳树沟村便民服务点", "高龄津贴申领", "欧**芳", "青河县民政局", "2026年11月22日 下午 3:03", "送达后 5 个工作日",
		"有网时自动送到青河县民政局", "5 个工作日内办好", "要补材料", "0970-5550123", "12345", "0970-5550188", "BM1:CODE",
	} {
		if !strings.Contains(all(d), part) {
			t.Errorf("%q is missing in\n%s", part, all(d))
		}
	}
	for _, absent := range []string{"欧阳小芳", "补打", "演示", "平台编号", "【"} {
		if strings.Contains(all(d), absent) {
			t.Errorf("%q should not be there", absent)
		}
	}
	number := slices.IndexFunc(d.Blocks, func(b Block) bool { return b.Text == "QH0301A-261122-0042-X" })
	if number < 0 || d.Blocks[number].Size != 2 || !d.Blocks[number].Bold {
		t.Error("the case number does not stand alone in large type, exactly as on the screen")
	}
	if err := d.Check(); err != nil {
		t.Error(err)
	}
}

// TestCorrectedReceipt: it names the case, what was handed in and what comes next, and promises no new limit.
func TestCorrectedReceipt(t *testing.T) {
	d := Corrected(sampleSlip(), []string{"银行卡复印件", "手机号码"})
	for _, part := range []string{"补正回执", "QH0301A-261122-0042-X", "欧**芳", "高龄津贴申领", "2026年11月22日 下午 3:03", "这次补了 2 处", "1. 银行卡复印件", "2. 手机号码", "青河县民政局，不用再跑", "BM1:CODE", "0970-5550188"} {
		if !strings.Contains(all(d), part) {
			t.Errorf("%q is missing in\n%s", part, all(d))
		}
	}
	for _, absent := range []string{"欧阳小芳", "最迟办结", "【"} {
		if strings.Contains(all(d), absent) {
			t.Errorf("%q should not be there", absent)
		}
	}
	if err := d.Check(); err != nil {
		t.Error(err)
	}
}

func TestReceiptVariants(t *testing.T) {
	reprint := sampleSlip()
	reprint.Reprint, reprint.Printed, reprint.Official, reprint.Demo = true, reprint.Filed.Add(24*time.Hour), "PT-0007", true
	for _, part := range []string{"【补打】", "补打于 2026年11月23日 下午 3:03", "PT-0007", "已经送到青河县民政局", "演示用，不作凭证"} {
		if !strings.Contains(all(Receipt(reprint)), part) {
			t.Errorf("reprint: %q is missing", part)
		}
	}
	now := sampleSlip()
	now.Days, now.QR, now.Phone = 0, "", ""
	got := all(Receipt(now))
	if !strings.Contains(got, "当场办结") || strings.Contains(got, "0 个工作日") || strings.Contains(got, "扫此码") {
		t.Errorf("at once, without a code:\n%s", got)
	}
	english := sampleSlip()
	english.Lang, english.Reprint = text.English, true
	got = all(Receipt(english))
	if !strings.Contains(got, "Case number") || !strings.Contains(got, "【Reprint】") || strings.Contains(got, "接下来") {
		t.Errorf("in English:\n%s", got)
	}
	d := Receipt(sampleSlip())
	if strings.Contains(d.Title, "芳") {
		t.Error("the job title is personal")
	}
}

func TestSlipFromFiledAndSummary(t *testing.T) {
	item := fullItem(t)
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, china)
	filed := casefile.Filed{Number: "N-1", QR: "QR", Event: casefile.Event{
		Point: "点", At: casefile.Stamp{Wall: at, BusinessDate: "2026-11-22", OffsetAgeSec: -1}, Submission: &casefile.Submission{Applicant: casefile.Applicant{Name: "李小芳"}},
	}}
	s := FromFiled(text.Chinese, filed, item)
	want := Slip{
		Lang: text.Chinese, Point: "点", Item: item.Name.In(text.Chinese), Person: "李小芳", Number: "N-1", QR: "QR", Filed: at,
		Department: item.Department.Name.In(text.Chinese), Days: item.Limits.Promised, Inquiry: item.Contact.Inquiry, Complaint: item.Contact.Complaint,
	}
	if !s.Filed.Equal(want.Filed) {
		t.Errorf("filed %s, want %s", s.Filed, want.Filed)
	}
	s.Filed = want.Filed
	if s != want {
		t.Errorf("%+v\nwant %+v", s, want)
	}
	sum := casefile.Summary{Number: "N-2", ItemName: "事", Filed: at, Official: "O", Days: 3, Department: "局", QR: "Q2"}
	if got := FromSummary(text.Chinese, sum, "王五", nil); !got.Reprint || got.Person != "王五" || got.Number != "N-2" || got.Official != "O" || got.Inquiry != "" {
		t.Errorf("%+v", got)
	}
	if got := FromSummary(text.Chinese, sum, "王五", item); got.Inquiry != item.Contact.Inquiry {
		t.Errorf("%+v", got)
	}
}

func TestMask(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "李": "*", "李芳": "李*", "李小芳": "李*芳", "欧阳小芳": "欧**芳", "阿依古丽·买买提": "阿***·**提",
		"ZHANG SAN": "Z**** **N", " 李芳 ": "李*", "李\uE188芳": "李*芳", "\uE188小芳": "**芳", "李小\uE188": "李**",
		"李\x1b@芳": "李*芳", "\x00\x1b": "",
	} {
		if got := Mask(name); got != want {
			t.Errorf("Mask(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"a\x00\x1b\x1d\x10b": "ab", "a\r\nb": "a b", "a\tb": "a b", "\u202eabc\u200f": "abc", "a\u2028b": "a b",
		"\x7f\u0085\u009b": "", "民\u00ad生": "民生", "a\xffb": "ab", "💊": "💊", "\ufeffx": "x",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestWordsInEveryLanguage(t *testing.T) {
	c := catalog()
	for _, lang := range c.Languages() {
		if !slices.Equal(c.Keys(lang), c.Keys(text.Chinese)) {
			t.Errorf("%s and zh have different keys", lang)
		}
		for _, key := range c.Keys(lang) {
			var zh, other []string
			for _, template := range c.Templates(text.Chinese, key) {
				zh = append(zh, text.Placeholders(template)...)
			}
			for _, template := range c.Templates(lang, key) {
				other = append(other, text.Placeholders(template)...)
			}
			slices.Sort(zh)
			slices.Sort(other)
			if !slices.Equal(slices.Compact(zh), slices.Compact(other)) {
				t.Errorf("%s: %s has placeholders %v, Chinese %v", lang, key, other, zh)
			}
		}
	}
	for _, lang := range []text.Lang{text.Chinese, text.English} {
		s := sampleSlip()
		s.Words = c
		s.Lang, s.Reprint, s.Demo, s.Official, s.Printed = lang, true, true, "1", s.Filed
		Receipt(s)
		s.Days, s.Official = 0, ""
		s.Number = "QH0301A-261122-0003-I"
		Receipt(s)
		item := fullItem(t)
		Guide(GuideSlip{Words: c, Lang: lang, Printed: s.Filed}, item)
		Guide(GuideSlip{Words: c, Lang: lang}, &catalogue.Item{})
	}
	if missing := c.Missing(); len(missing) != 0 {
		t.Errorf("words asked for that nobody wrote: %v", missing)
	}
}

// fullItem has something of its own in every text of every field, found by reflection.
func fullItem(t *testing.T) *catalogue.Item {
	t.Helper()
	var item catalogue.Item
	n := 0
	fill(reflect.ValueOf(&item).Elem(), &n)
	item.Form = form.Form{}
	item.Audience, item.Delivery, item.Level = []string{"person", "new-audience"}, []string{"sms", "new-way"}, "county"
	for i := range item.Materials {
		m := &item.Materials[i]
		m.Source, m.Format, m.Original, m.Seal = catalogue.SourcePerson, "paper", "copy", "both"
	}
	return &item
}

func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("T%dT", *n))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(1000 + *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), n)
		}
	case reflect.Map:
		if v.Type() == reflect.TypeFor[text.Local]() {
			v.Set(reflect.ValueOf(text.Zh(fmt.Sprintf("T%dT", *n))))
		}
	case reflect.Pointer:
		if v.Type() != reflect.TypeFor[*form.Condition]() {
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem(), n)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[form.Form]() {
			return
		}
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i), n)
			}
		}
	}
}

// notOnPaper are the fields that help find or route an item and mean nothing to the person who holds the guide.
var notOnPaper = []string{
	"ShortName", "Keywords", "Categories", "LifeEvents", "CreditCode", "Region", "BlankForm", "Sample", "Kind", "Code", "Version",
	"Format", "Original", "Seal", "Source", "Audience", "Delivery", "Level", "When",
}

func TestGuidePrintsEveryField(t *testing.T) {
	item := fullItem(t)
	got := all(Guide(GuideSlip{Words: catalog(), Lang: text.Chinese, Point: "柳树沟", Published: "2026-11-01", Printed: time.Date(2026, 11, 22, 9, 0, 0, 0, china)}, item))
	eachText(t, "Item", reflect.ValueOf(*item), func(path, word string) {
		if !strings.Contains(got, word) {
			t.Errorf("%s (%s) is not on paper", path, word)
		}
	})
	for _, part := range []string{"个人", "new-audience", "短信通知", "new-way", "县级", "请带来", "纸质", "复印件", "要签名并盖章", "可用承诺代替", "可不交", "2026-11-01", "可在外地办理"} {
		if !strings.Contains(got, part) {
			t.Errorf("%q is missing", part)
		}
	}
}

func hidden(path string) bool {
	name := path[strings.LastIndexByte(path, '.')+1:]
	return path != "Item.Code" && path != "Item.Version" && slices.Contains(notOnPaper, name)
}

// eachText calls f with every text and number of v as it should stand on paper.
func eachText(t *testing.T, path string, v reflect.Value, f func(path, word string)) {
	if hidden(path) {
		return
	}
	switch v.Kind() {
	case reflect.String:
		f(path, v.String())
	case reflect.Int:
		f(path, fmt.Sprint(v.Int()))
	case reflect.Int64: // money
		f(path, fmt.Sprintf("%d.%02d", v.Int()/100, v.Int()%100))
	case reflect.Slice:
		for i := range v.Len() {
			eachText(t, path, v.Index(i), f)
		}
	case reflect.Map:
		if l, ok := v.Interface().(text.Local); ok {
			f(path, l.In(text.Chinese))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			eachText(t, path, v.Elem(), f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type() != reflect.TypeFor[form.Form]() {
				eachText(t, path+"."+v.Type().Field(i).Name, v.Field(i), f)
			}
		}
	}
}

// A guide adds nothing that the item does not have.
func TestEmptyGuide(t *testing.T) {
	got := all(Guide(GuideSlip{Words: catalog(), Lang: text.Chinese}, &catalogue.Item{Name: text.Zh("某事")}))
	for _, absent := range []string{"办理条件", "办理流程", "法律依据", "常见问题", "告知承诺", "请注意", "可在外地办理", "咨询电话"} {
		if strings.Contains(got, absent) {
			t.Errorf("%q stands there without anything below it", absent)
		}
	}
	for _, present := range []string{"不用带材料", "不收费", "当场办结"} {
		if !strings.Contains(got, present) {
			t.Errorf("%q is missing", present)
		}
	}
}

func TestReadDocument(t *testing.T) {
	want := Receipt(sampleSlip())
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(strings.NewReader(string(data)))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("a document does not come back from its JSON: %v", err)
	}
	for name, bad := range map[string]string{
		"empty": "", "no JSON": "x", "no blocks": "{}", "unknown field": `{"blocks":[{"kind":"rule","x":1}]}`, "unknown kind": `{"blocks":[{"kind":"x"}]}`,
		"alignment": `{"blocks":[{"kind":"text","text":"x","align":"middle"}]}`, "size": `{"blocks":[{"kind":"text","text":"x","size":3}]}`,
		"lines": `{"blocks":[{"kind":"feed","lines":99}]}`, "no QR data": `{"blocks":[{"kind":"qr"}]}`, "no text": `{"blocks":[{"kind":"text"}]}`,
		"no pair": `{"blocks":[{"kind":"pair"}]}`, "two": `{"blocks":[{"kind":"rule"}]}{}`, "huge": `{"title":"` + strings.Repeat("x", MaxDocument) + `"}`,
	} {
		if _, err := Read(strings.NewReader(bad)); !errors.Is(err, ErrDocument) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNoWrongDateOnPaper: a terminal whose clock says 1970 or 2036 prints the business date.
func TestNoWrongDateOnPaper(t *testing.T) {
	item := fullItem(t)
	for _, wall := range []time.Time{time.Date(1970, 1, 1, 8, 0, 5, 0, china), time.Date(2036, 2, 7, 14, 28, 16, 0, china)} {
		filed := casefile.Filed{Number: "N-1", Event: casefile.Event{At: casefile.Stamp{Wall: wall, BusinessDate: "2026-11-22", OffsetAgeSec: -1}}}
		got := all(Receipt(worded(FromFiled(text.Chinese, filed, item))))
		if !strings.Contains(got, "2026年11月22日") || strings.Contains(got, "1970") || strings.Contains(got, "2036") || strings.Contains(got, "午") {
			t.Errorf("clock of %d:\n%s", wall.Year(), got)
		}
		if got := all(Receipt(Slip{Words: catalog(), Reprint: true, Printed: wall, PrintedDay: true})); strings.Contains(got, "午") {
			t.Errorf("reprint of an unknown hour:\n%s", got)
		}
	}
}

// TestReceiptPromisesNothingElse: cases show at the terminal that filed them, and nothing reads the code yet.
func TestReceiptPromisesNothingElse(t *testing.T) {
	got := all(Receipt(sampleSlip()))
	if !strings.Contains(got, "回到这台终端刷身份证") || strings.Contains(got, "任何") || strings.Contains(got, "扫此码") {
		t.Error(got)
	}
}

// TestReceiptNamesTheLetter: an I at a number's end is not copied as a 1.
func TestReceiptNamesTheLetter(t *testing.T) {
	s := sampleSlip()
	if strings.Contains(all(Receipt(s)), "字母") {
		t.Error("a number that ends with an X needs no words about it")
	}
	s.Number = "QH0301A-261122-0003-I"
	if !strings.Contains(all(Receipt(s)), "最后一位是字母 I") {
		t.Error("nothing says that the number ends with a letter")
	}
}

package ui

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"bianmin/ui/theme"
)

// TestMain leaves the pictures of TestPictures in BIANMIN_PICTURES for the eye.
func picture(t *testing.T, name string, object fyne.CanvasObject, width, height float32) {
	t.Helper()
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(NewRoot(object))
	c.Resize(fyne.NewSize(width, height))
	img := c.Capture()
	folder := os.Getenv("BIANMIN_PICTURES")
	if folder == "" {
		return
	}
	file, err := os.Create(filepath.Join(folder, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := png.Encode(file, img); err != nil {
		t.Fatal(err)
	}
}

func app(t *testing.T) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.Toolkit(theme.Look{}))
}

type engine map[string][]string

func (e engine) Candidates(keys string, page int) []string {
	if page > 0 {
		return nil
	}
	return e[keys]
}

func frame(look theme.Look, step int, parts Parts) *Frame {
	h := NewHeader(look, "柳树沟村便民服务点", NewPill(look, "大字", Plain, nil), NewPill(look, "English", Plain, nil),
		NewPill(look, "求助", Plain, nil), NewPill(look, "离开", Secondary, nil))
	h.SetClock("上午 9:42")
	f := NewFrame(look, h)
	if step > 0 {
		parts.Steps = NewStepBar(look, []string{"刷身份证", "填表", "交材料", "核对签名", "完成"}, step)
	}
	f.Set(parts)
	return f
}

func homeScreen(look theme.Look) fyne.CanvasObject {
	tiles := [][2]string{
		{"养老退休", "待遇资格认证、高龄津贴、养老服务补贴"},
		{"看病医保", "参保登记、异地备案、新生儿参保"},
		{"困难救助", "最低生活保障、临时救助、特困供养"},
		{"残疾人服务", "两项补贴、辅具申请、证件换领"},
		{"生育婚姻", "生育登记、婚姻预约、户口申报"},
		{"住房建房", "农村建房、公积金提取、危房改造"},
		{"就业创业", "个体工商户、食品小店、创业补贴"},
		{"全部事项", "按部门、按人群、按人生大事查找，共 312 项"},
	}
	grid := NewGrid(2, look.Size(theme.Gap)).Adapt(look.Px(420))
	var cells []fyne.CanvasObject
	for _, each := range tiles {
		cells = append(cells, NewTile(look, each[0], each[1], func() {}))
	}
	grid.Set(cells...)
	line := NewNetworkLine(look)
	line.Set(Warn, "现在没有网络。", "照常受理，存好后有网时自动送出。")
	return frame(look, 0, Parts{
		Head: NewTitle(look, "您好，要办什么事？"),
		Body: NewColumn(look.Px(32),
			NewSearchBox(look, "查找：输入名称，或拼音首字母（如 ylj）", func() {}),
			NewStrongTile(look, "刷身份证，看我的办件", "进度 · 补正 · 证照 · 预约 · 提醒", func() {}), grid),
		Foot: line, Across: true,
	})
}

func formScreen(look theme.Look) fyne.CanvasObject {
	box := NewInputBox(look, "手机号码", GroupPhone)
	box.SetText("138053127")
	next := NewBigButton(look, "下一题", Primary, func() {})
	next.SetEnabled(false)
	return frame(look, 2, Parts{
		Head: NewColumn(look.Px(20),
			NewSecondary(look, "领取养老保险待遇资格认证 · 第 2 题，共 4 题"),
			NewTitle(look, "您的手机号码是多少？"),
			NewText(look, theme.BodyText, theme.InkSecondary, "办好以后用短信通知您。没有手机可以填家人的。"), box, NewSecondary(look, "还差 2 位")),
		Body: NewNumberPad(look, PadWords{"清空", "删一位"}, PadDigits, func(string) {}),
		Foot: NewFoot(look, NewBigButton(look, "返回", Secondary, func() {}), next),
	})
}

func keyboardScreen(look theme.Look) fyne.CanvasObject {
	box := NewInputBox(look, "您的姓名", nil)
	box.SetText("王")
	k := NewKeyboard(look, KeyboardWords{"空格", "删除", "完成", "123", "拼音", "中文", "英文", "大写", "▶", "◀"},
		engine{"xiu": {"秀", "修", "休", "羞", "袖", "绣", "锈", "朽", "嗅", "宿", "咻", "岫"}}, ModePinyin, func(string) {})
	for _, letter := range []string{"x", "i", "u"} {
		k.letter(letter)
	}
	return frame(look, 2, Parts{
		Head: NewColumn(look.Px(20), NewSecondary(look, "领取养老保险待遇资格认证 · 第 1 题，共 4 题"), NewTitle(look, "联系人叫什么名字？"), box),
		Body: k,
		Foot: NewFoot(look, NewBigButton(look, "返回", Secondary, func() {}), NewBigButton(look, "下一题", Primary, func() {})),
	})
}

func cardScreen(look theme.Look) fyne.CanvasObject {
	return frame(look, 1, Parts{
		Head: NewColumn(look.Px(20), NewTitle(look, "请把身份证平放在读卡区"), NewText(look, theme.BodyText, theme.InkSecondary, "读到以后会自动继续，请先不要拿走。")),
		Body: NewColumn(look.Px(32), NewCardPicture(look, "读卡区"),
			NewRow(look.Px(28), NewBadge(look, Calm, "没有带身份证？"), NewShare(1, NewBody(look, "可以用社保卡，或请服务点人员帮助办理。")))),
		Foot: NewFoot(look, NewBigButton(look, "返回", Secondary, func() {}), nil),
	})
}

func signScreen(look theme.Look) fyne.CanvasObject {
	pad := NewSignaturePad(look, "签名", "重写", nil)
	pad.SetStrokes([]Stroke{{{150, 120}, {300, 120}}, {{230, 90}, {230, 300}}, {{140, 300}, {320, 300}}, {{380, 100}, {500, 80}, {520, 200}}})
	row := func(label, value, edit string) fyne.CanvasObject {
		return NewSized(0, look.GrownSize(theme.RowHeight), NewRow(look.Px(24), NewSized(look.Grow(234), 0, NewText(look, theme.BodyText, theme.InkQuiet, label)),
			NewShare(1, NewText(look, theme.BodyStrong, theme.Ink, value)), NewText(look, theme.SecondaryBold, theme.Action, edit)))
	}
	return frame(look, 4, Parts{
		Head: NewTitle(look, "请核对，然后签名"),
		Body: NewColumn(look.Px(24), NewCard(look, NewColumn(0, row("办理事项", "养老待遇资格认证", ""), NewRule(look), row("申请人", "王秀兰 · 女 · 78 岁", "来自身份证"),
			NewRule(look), row("手机号码", "138 0531 2764", "修改"))), NewBody(look, "在下面的方框里用手指写您的名字："), pad,
			NewSmall(look, "签名只用于这一次申请。您的资料加密保存，只有受理部门能打开。")),
		Foot: NewFoot(look, NewBigButton(look, "返回", Secondary, func() {}), NewBigButton(look, "签好了，提交", Primary, func() {})),
	})
}

func doneScreen(look theme.Look) fyne.CanvasObject {
	code, _ := NewQR(look, look.Px(224), "BM1:0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	next := NewBigButton(look, "办完了，离开（28）", Primary, func() {})
	return frame(look, 5, Parts{
		Head: NewColumn(look.Px(20), NewRow(look.Px(28), NewCheckIcon(look), NewShare(1, NewTitle(look, "您的申请已存好"))),
			NewText(look, theme.BodyText, theme.InkSecondary, "现在没有网络，来网后自动送出。请拿好打印的回执。")),
		Body: NewColumn(look.Px(32), NewCard(look, NewRow(look.Px(24), NewShare(1, NewColumn(look.Px(8),
			NewQuiet(look, "办件编号"), NewText(look, theme.NumberText, theme.Ink, "QH0301A-261121-0042-X").OneLine(), NewQuiet(look, "最迟办结"), NewSection(look, "送达后 3 个工作日"))), code)),
			NewSection(look, "这次服务您满意吗？"),
			NewFaces(look, [5]string{"非常满意", "满意", "基本满意", "不满意", "非常不满意"}, func(int) {})),
		Foot: NewFoot(look, NewBigButton(look, "补打回执", Secondary, func() {}), next),
	})
}

func choiceScreen(look theme.Look) fyne.CanvasObject {
	list := NewChoiceList(look, []Option{{"1", "本人", ""}, {"2", "配偶", ""}, {"3", "子女", "包括养子女、继子女"}, {"4", "其他亲属", ""}}, []string{"3"}, false, nil)
	many := NewChoiceList(look, []Option{{"1", "短信通知", "办好以后发短信"}, {"2", "邮寄", ""}}, []string{"1"}, true, nil)
	row := NewListRow(look, "城乡居民最低生活保障申请", "县民政局 · 20 个工作日", func() {})
	row.SetBadge(Good, "不用交")
	row.SetAside("免费")
	return frame(look, 2, Parts{
		Head: NewTitle(look, "领取人和您是什么关系？"),
		Body: NewColumn(look.Px(24), list, many, row, NewNotice(look, Bad, "这一页有些模糊。请把纸压平，再扫一次。"), NewButton(look, "重扫这一页", Secondary, nil)),
		Foot: NewFoot(look, NewBigButton(look, "返回", Secondary, func() {}), NewBigButton(look, "下一题", Primary, func() {})),
	})
}

func dateScreen(look theme.Look) fyne.CanvasObject {
	picker := NewDatePicker(look, DateWords{
		Decade: func(y int) string { return itoa(y) + "—" + itoa(y+9) + " 年" },
		Year:   func(y int) string { return itoa(y) + " 年" },
		Month:  func(m int) string { return itoa(m) + " 月" },
		Day:    func(d int) string { return itoa(d) },
	}, time.Date(1930, 5, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), nil)
	picker.SetDate("1948-03-15")
	return frame(look, 2, Parts{Head: NewTitle(look, "孩子是哪一天出生的？"), Body: picker,
		Foot: NewFoot(look, NewBigButton(look, "返回", Secondary, func() {}), NewBigButton(look, "下一题", Primary, func() {}))})
}

func itoa(n int) string {
	if n >= 10 {
		return itoa(n/10) + string(rune('0'+n%10))
	}
	return string(rune('0' + n))
}

// TestPictures draws whole screens in every way they can stand, and leaves them for the eye.
func TestPictures(t *testing.T) {
	app(t)
	screens := map[string]func(theme.Look) fyne.CanvasObject{
		"home": homeScreen, "card": cardScreen, "form": formScreen, "keyboard": keyboardScreen, "sign": signScreen,
		"done": doneScreen, "choice": choiceScreen, "date": dateScreen,
	}
	for name, screen := range screens {
		picture(t, name, screen(theme.Look{}), 1080, 1920)
		picture(t, name+"-large", screen(theme.New(1, true)), 1080, 1920)
		picture(t, name+"-wide", screen(theme.Look{}), 1920, 1080)
		low := screen(theme.Look{}).(*Frame)
		low.SetLowReach(true)
		picture(t, name+"-low", low, 1080, 1920)
	}
}

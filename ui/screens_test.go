package ui_test

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"bianmin/ui"
	"bianmin/ui/theme"
	"bianmin/ui/uitest"
)

// draw puts a screen on a canvas in memory. With BIANMIN_PICTURES=DIR it also
// leaves a picture there, for the eye.
func draw(t *testing.T, name string, object fyne.CanvasObject, width, height float32) fyne.CanvasObject {
	t.Helper()
	c := software.NewCanvas()
	c.SetPadded(false)
	root := ui.NewRoot(object)
	c.SetContent(root)
	c.Resize(fyne.NewSize(width, height))
	folder := os.Getenv("BIANMIN_PICTURES")
	if folder == "" {
		return root
	}
	file, err := os.Create(filepath.Join(folder, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := png.Encode(file, c.Capture()); err != nil {
		t.Fatal(err)
	}
	return root
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

func frame(look theme.Look, step int, parts ui.Parts) *ui.Frame {
	h := ui.NewHeader(look, "柳树沟村便民服务点", ui.NewPill(look, "大字", ui.Plain, nil), ui.NewPill(look, "English", ui.Plain, nil),
		ui.NewPill(look, "求助", ui.Plain, nil), ui.NewPill(look, "离开", ui.Secondary, nil))
	h.SetClock("上午 9:42")
	f := ui.NewFrame(look, h)
	if step > 0 {
		parts.Steps = ui.NewStepBar(look, []string{"刷身份证", "填表", "交材料", "核对签名", "完成"}, step)
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
	grid := ui.NewGrid(2, look.Size(theme.Gap)).Adapt(look.Px(420))
	var cells []fyne.CanvasObject
	for _, each := range tiles {
		cells = append(cells, ui.NewTile(look, each[0], each[1], func() {}))
	}
	grid.Set(cells...)
	line := ui.NewNetworkLine(look)
	line.Set(ui.Warn, "现在没有网络。", "照常受理，存好后有网时自动送出。")
	return frame(look, 0, ui.Parts{
		Head: ui.NewTitle(look, "您好，要办什么事？"),
		Body: ui.NewColumn(look.Px(32),
			ui.NewSearchBox(look, "查找：输入名称，或拼音首字母（如 ylj）", func() {}),
			ui.NewStrongTile(look, "刷身份证，看我的办件", "进度 · 补正 · 证照 · 预约 · 提醒", func() {}), grid),
		Foot: line, Across: true,
	})
}

func formScreen(look theme.Look) fyne.CanvasObject {
	box := ui.NewInputBox(look, "手机号码", ui.GroupPhone)
	box.SetText("138053127")
	next := ui.NewBigButton(look, "下一题", ui.Primary, func() {})
	next.SetEnabled(false)
	return frame(look, 2, ui.Parts{
		Head: ui.NewColumn(look.Px(20),
			ui.NewSecondary(look, "领取养老保险待遇资格认证 · 第 2 题，共 4 题"),
			ui.NewTitle(look, "您的手机号码是多少？"),
			ui.NewText(look, theme.BodyText, theme.InkSecondary, "办好以后用短信通知您。没有手机可以填家人的。"), box, ui.NewSecondary(look, "还差 2 位")),
		Body: ui.NewNumberPad(look, ui.PadWords{"清空", "删一位"}, ui.PadDigits, func(string) {}),
		Foot: ui.NewFoot(look, ui.NewBigButton(look, "返回", ui.Secondary, func() {}), next),
	})
}

func keyboardScreen(look theme.Look) fyne.CanvasObject {
	box := ui.NewInputBox(look, "您的姓名", nil)
	box.SetText("王")
	k := ui.NewKeyboard(look, ui.KeyboardWords{"空格", "删除", "完成", "123", "拼音", "中文", "英文", "大写", "▶", "◀"},
		engine{"xiu": {"秀", "修", "休", "羞", "袖", "绣", "锈", "朽", "嗅", "宿", "咻", "岫"}}, ui.ModePinyin, func(string) {})
	return frame(look, 2, ui.Parts{
		Head: ui.NewColumn(look.Px(20), ui.NewSecondary(look, "领取养老保险待遇资格认证 · 第 1 题，共 4 题"), ui.NewTitle(look, "联系人叫什么名字？"), box),
		Body: k,
		Foot: ui.NewFoot(look, ui.NewBigButton(look, "返回", ui.Secondary, func() {}), ui.NewBigButton(look, "下一题", ui.Primary, func() {})),
	})
}

func cardScreen(look theme.Look) fyne.CanvasObject {
	return frame(look, 1, ui.Parts{
		Head: ui.NewColumn(look.Px(20), ui.NewTitle(look, "请把身份证平放在读卡区"), ui.NewText(look, theme.BodyText, theme.InkSecondary, "读到以后会自动继续，请先不要拿走。")),
		Body: ui.NewColumn(look.Px(32), ui.NewCardPicture(look, "读卡区"),
			ui.NewRow(look.Px(28), ui.NewBadge(look, ui.Calm, "没有带身份证？"), ui.NewShare(1, ui.NewBody(look, "可以用社保卡，或请服务点人员帮助办理。")))),
		Foot: ui.NewFoot(look, ui.NewBigButton(look, "返回", ui.Secondary, func() {}), nil),
	})
}

func signScreen(look theme.Look) fyne.CanvasObject {
	pad := ui.NewSignaturePad(look, "签名", "重写", nil)
	pad.SetStrokes([]ui.Stroke{{{150, 120}, {300, 120}}, {{230, 90}, {230, 300}}, {{140, 300}, {320, 300}}, {{380, 100}, {500, 80}, {520, 200}}})
	row := func(label, value, edit string) fyne.CanvasObject {
		return ui.NewSized(0, look.GrownSize(theme.RowHeight), ui.NewRow(look.Px(24), ui.NewSized(look.Grow(234), 0, ui.NewText(look, theme.BodyText, theme.InkQuiet, label)),
			ui.NewShare(1, ui.NewText(look, theme.BodyStrong, theme.Ink, value)), ui.NewText(look, theme.SecondaryBold, theme.Action, edit)))
	}
	return frame(look, 4, ui.Parts{
		Head: ui.NewTitle(look, "请核对，然后签名"),
		Body: ui.NewColumn(look.Px(24), ui.NewCard(look, ui.NewColumn(0, row("办理事项", "养老待遇资格认证", ""), ui.NewRule(look), row("申请人", "王秀兰 · 女 · 78 岁", "来自身份证"),
			ui.NewRule(look), row("手机号码", "138 0531 2764", "修改"))), ui.NewBody(look, "在下面的方框里用手指写您的名字："), pad,
			ui.NewSmall(look, "签名只用于这一次申请。您的资料加密保存，只有受理部门能打开。")),
		Foot: ui.NewFoot(look, ui.NewBigButton(look, "返回", ui.Secondary, func() {}), ui.NewBigButton(look, "签好了，提交", ui.Primary, func() {})),
	})
}

func doneScreen(look theme.Look) fyne.CanvasObject {
	code, _ := ui.NewQR(look, look.Px(224), "BM1:0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	next := ui.NewBigButton(look, "办完了，离开（28）", ui.Primary, func() {})
	return frame(look, 5, ui.Parts{
		Head: ui.NewColumn(look.Px(20), ui.NewRow(look.Px(28), ui.NewCheckIcon(look), ui.NewShare(1, ui.NewTitle(look, "您的申请已存好"))),
			ui.NewText(look, theme.BodyText, theme.InkSecondary, "现在没有网络，来网后自动送出。请拿好打印的回执。")),
		Body: ui.NewColumn(look.Px(32), ui.NewCard(look, ui.NewRow(look.Px(24), ui.NewShare(1, ui.NewColumn(look.Px(8),
			ui.NewQuiet(look, "办件编号"), ui.NewText(look, theme.NumberText, theme.Ink, "QH0301A-261121-0042-X").OneLine(), ui.NewQuiet(look, "最迟办结"), ui.NewSection(look, "送达后 3 个工作日"))), code)),
			ui.NewSection(look, "这次服务您满意吗？"),
			ui.NewFaces(look, [5]string{"非常满意", "满意", "基本满意", "不满意", "非常不满意"}, func(int) {})),
		Foot: ui.NewFoot(look, ui.NewBigButton(look, "补打回执", ui.Secondary, func() {}), next),
	})
}

func choiceScreen(look theme.Look) fyne.CanvasObject {
	list := ui.NewChoiceList(look, []ui.Option{{"1", "本人", ""}, {"2", "配偶", ""}, {"3", "子女", "包括养子女、继子女"}, {"4", "其他亲属", ""}}, []string{"3"}, false, nil)
	many := ui.NewChoiceList(look, []ui.Option{{"1", "短信通知", "办好以后发短信"}, {"2", "邮寄", ""}}, []string{"1"}, true, nil)
	row := ui.NewListRow(look, "城乡居民最低生活保障申请", "县民政局 · 20 个工作日", func() {})
	row.SetBadge(ui.Good, "不用交")
	row.SetAside("免费")
	return frame(look, 2, ui.Parts{
		Head: ui.NewTitle(look, "领取人和您是什么关系？"),
		Body: ui.NewColumn(look.Px(24), list, many, row, ui.NewNotice(look, ui.Bad, "这一页有些模糊。请把纸压平，再扫一次。"), ui.NewButton(look, "重扫这一页", ui.Secondary, nil)),
		Foot: ui.NewFoot(look, ui.NewBigButton(look, "返回", ui.Secondary, func() {}), ui.NewBigButton(look, "下一题", ui.Primary, func() {})),
	})
}

func dateScreen(look theme.Look) fyne.CanvasObject {
	picker := ui.NewDatePicker(look, ui.DateWords{
		Decade: func(y int) string { return itoa(y) + "—" + itoa(y+9) + " 年" },
		Year:   func(y int) string { return itoa(y) + " 年" },
		Month:  func(m int) string { return itoa(m) + " 月" },
		Day:    func(d int) string { return itoa(d) },
	}, time.Date(1930, 5, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), nil)
	picker.SetDate("1948-03-15")
	return frame(look, 2, ui.Parts{
		Head: ui.NewTitle(look, "孩子是哪一天出生的？"), Body: picker,
		Foot: ui.NewFoot(look, ui.NewBigButton(look, "返回", ui.Secondary, func() {}), ui.NewBigButton(look, "下一题", ui.Primary, func() {})),
	})
}

func itoa(n int) string {
	if n >= 10 {
		return itoa(n/10) + string(rune('0'+n%10))
	}
	return string(rune('0' + n))
}

var screens = map[string]func(theme.Look) fyne.CanvasObject{
	"home": homeScreen, "card": cardScreen, "form": formScreen, "keyboard": keyboardScreen, "sign": signScreen,
	"done": doneScreen, "choice": choiceScreen, "date": dateScreen,
}

var panels = []struct {
	name          string
	width, height float32
	large, low    bool
}{
	{"upright", 1080, 1920, false, false},
	{"large", 1080, 1920, true, false},
	{"low", 1080, 1920, false, true},
	{"low-large", 1080, 1920, true, true},
	{"wide", 1920, 1080, false, false},
	{"wide-large", 1920, 1080, true, false},
	{"wide-low", 1920, 1080, false, true},
	{"small", 768, 1366, false, false},
	{"small-large", 768, 1366, true, false},
}

// TestScreens draws whole screens in every way they can stand and checks what
// must hold of each: nothing clipped, nothing on top of another thing, all
// large enough for a finger, and in low reach all in the lower half.
func TestScreens(t *testing.T) {
	app(t)
	for _, panel := range panels {
		look := theme.For(fyne.NewSize(panel.width, panel.height), panel.large)
		for name, screen := range screens {
			t.Run(name+"-"+panel.name, func(t *testing.T) {
				object := screen(look)
				object.(*ui.Frame).SetLowReach(panel.low)
				root := draw(t, name+"-"+panel.name, object, panel.width, panel.height)
				if name == "keyboard" {
					finger := uitest.New(func() fyne.CanvasObject { return root })
					for _, key := range []string{"key:x", "key:i", "key:u"} {
						finger.TapOn(t, key)
					}
					draw(t, name+"-"+panel.name, object, panel.width, panel.height)
				}
				view := ui.Look(root)
				checkThings(t, view, look, panel.width, panel.height)
				checkWords(t, view, panel.width)
				if panel.low && panel.height > panel.width {
					checkLow(t, view, panel.height)
				}
			})
		}
	}
}

func checkThings(t *testing.T, view ui.View, look theme.Look, width, height float32) {
	t.Helper()
	if len(view.Things) == 0 {
		t.Fatal("nothing to tap")
	}
	least := look.Size(theme.Touch) - 1
	for i, thing := range view.Things {
		box := thing.Whole
		if box.Height < least || box.Width < least-1 {
			t.Errorf("%s is too small for a finger: %.0fx%.0f", thing.Name, box.Width, box.Height)
		}
		if thing.Scrolls == 0 && (box.X < 0 || box.Y < 0 || box.X+box.Width > width || box.Y+box.Height > height) {
			t.Errorf("%s stands outside of the panel: %+v", thing.Name, box)
		}
		for _, other := range view.Things[i+1:] {
			if thing.Name == "签名" || other.Name == "重写" {
				continue // the pad's own button stands in the pad
			}
			if overlap(thing.Seen, other.Seen) {
				t.Errorf("%s %+v and %s %+v stand on each other", thing.Name, thing.Seen, other.Name, other.Seen)
			}
		}
	}
}

func overlap(a, b ui.Box) bool {
	const slack = 1
	return !a.Empty() && !b.Empty() && a.X+slack < b.X+b.Width && b.X+slack < a.X+a.Width && a.Y+slack < b.Y+b.Height && b.Y+slack < a.Y+a.Height
}

func checkWords(t *testing.T, view ui.View, width float32) {
	t.Helper()
	for i, words := range view.Words {
		box := words.Box
		if box.X < -1 || box.X+box.Width > width+1 {
			t.Errorf("%q leaves the panel: %+v", words.Text, box)
		}
		for _, other := range view.Words[i+1:] {
			// line boxes of one line of text are higher than its ink
			a, b := shrink(words.Box), shrink(other.Box)
			if overlap(a, b) && words.Scrolls == other.Scrolls {
				t.Errorf("%q and %q stand on each other", words.Text, other.Text)
			}
		}
	}
}

func shrink(b ui.Box) ui.Box {
	return ui.Box{X: b.X + 2, Y: b.Y + b.Height*0.25, Width: b.Width - 4, Height: b.Height * 0.5}
}

func checkLow(t *testing.T, view ui.View, height float32) {
	t.Helper()
	for _, thing := range view.Things {
		if (thing.Enabled || thing.Name == "下一题") && !thing.Seen.Empty() && thing.Seen.Y < height/2-12 {
			t.Errorf("%s is out of reach: %+v", thing.Name, thing.Seen)
		}
	}
}

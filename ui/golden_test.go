package ui_test

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// states are the widgets in the states a person sees. The goldens show parts,
// places, colours and words; a changed one is written to testdata/failed and
// accepted by moving it.
func states(look theme.Look) map[string]fyne.CanvasObject {
	off := ui.NewBigButton(look, "下一题", ui.Primary, nil)
	off.SetEnabled(false)
	down := ui.NewBigButton(look, "下一题", ui.Primary, nil)
	down.MouseDown(nil)
	box := ui.NewInputBox(look, "手机号码", ui.GroupPhone)
	box.SetText("138053127")
	wrong := ui.NewInputBox(look, "手机号码", ui.GroupPhone)
	wrong.SetWrong(true)
	locked := ui.NewInputBox(look, "姓名", nil)
	locked.SetText("王秀兰")
	locked.SetLocked(true)
	row := ui.NewListRow(look, "城乡居民最低生活保障申请", "县民政局 · 20 个工作日", func() {})
	row.SetBadge(ui.Good, "不用交")
	row.SetAside("免费")
	active := ui.NewCard(look, ui.NewBody(look, "户口本本人页"))
	active.SetActive(true)
	header := ui.NewHeader(look, "柳树沟村便民服务点", ui.NewPill(look, "大字", ui.Plain, nil), ui.NewPill(look, "离开", ui.Secondary, nil))
	header.SetClock("上午 9:42")
	network := ui.NewNetworkLine(look)
	network.Set(ui.Warn, "现在没有网络。", "照常受理，存好后有网时自动送出。")
	faces := ui.NewFaces(look, [5]string{"非常满意", "满意", "基本满意", "不满意", "非常不满意"}, func(int) {})
	faces.SetChosen(4)
	keyboard := ui.NewKeyboard(look, keyboardWords, pinyin{}, ui.ModePinyin, func(string) {})
	signed := ui.NewSignaturePad(look, "签名", "重写", nil)
	signed.SetStrokes([]ui.Stroke{{{X: 100, Y: 100}, {X: 300, Y: 100}}})
	busy := ui.NewBusy(look, "正在保存您的申请")
	busy.Advance()
	return map[string]fyne.CanvasObject{
		"button-primary":   ui.NewBigButton(look, "下一题", ui.Primary, nil),
		"button-secondary": ui.NewBigButton(look, "返回", ui.Secondary, nil),
		"button-danger":    ui.NewButton(look, "离开，清除内容", ui.Danger, nil),
		"button-off":       off,
		"button-down":      down,
		"button-long":      ui.NewBigButton(look, "All papers are complete, go on to the next step please, thank you", ui.Primary, nil),
		"badge-good":       ui.NewBadge(look, ui.Good, "不用交"),
		"badge-warn":       ui.NewBadge(look, ui.Warn, "已扫 1 页"),
		"notice-bad":       ui.NewNotice(look, ui.Bad, "这一页有些模糊。请把纸压平，再扫一次。"),
		"header":           header,
		"steps":            ui.NewStepBar(look, []string{"刷身份证", "填表", "交材料", "核对签名", "完成"}, 3),
		"network":          network,
		"tile":             ui.NewTile(look, "养老退休", "待遇资格认证、高龄津贴、养老服务补贴", func() {}),
		"tile-strong":      ui.NewStrongTile(look, "刷身份证，看我的办件", "进度 · 补正 · 证照", func() {}),
		"row":              row,
		"row-read":         ui.NewListRow(look, "身份证", "已从您的卡里读取", nil),
		"card-active":      active,
		"input":            box,
		"input-wrong":      wrong,
		"input-locked":     locked,
		"pad":              ui.NewNumberPad(look, padWords, ui.PadDigits, func(string) {}),
		"pad-id":           ui.NewNumberPad(look, padWords, ui.PadID, func(string) {}),
		"keyboard":         keyboard,
		"choice":           ui.NewChoiceList(look, []ui.Option{{Code: "1", Title: "本人"}, {Code: "2", Title: "子女", Note: "包括养子女"}}, []string{"2"}, false, nil),
		"choice-many":      ui.NewChoiceList(look, []ui.Option{{Code: "1", Title: "短信"}, {Code: "2", Title: "邮寄"}}, []string{"1"}, true, nil),
		"faces":            faces,
		"signature":        ui.NewSignaturePad(look, "签名", "重写", nil),
		"signature-signed": signed,
		"busy":             busy,
		"card-picture":     ui.NewCardPicture(look, "读卡区"),
		"text":             ui.NewBody(look, "您的申请已存好，等有网时自动送出。请拿好打印的回执（两联）。"),
		"date": ui.NewDatePicker(look, ui.DateWords{
			Decade: func(y int) string { return itoa(y) + "年代" }, Year: itoa, Month: itoa, Day: itoa,
		}, day(1990, 1, 1), day(2026, 11, 22), nil),
	}
}

func TestGoldens(t *testing.T) {
	app(t)
	for name, object := range states(theme.Look{}) {
		t.Run(name, func(t *testing.T) {
			width := float32(968)
			if name == "tile" {
				width = 472
			}
			object.Resize(fyne.NewSize(width, object.(ui.Flow).HeightAt(width)))
			test.AssertObjectRendersToMarkup(t, name+".xml", object)
		})
	}
}

// TestStatesFit draws each state in every look and checks that its words stay inside of it.
func TestStatesFit(t *testing.T) {
	app(t)
	for _, look := range []theme.Look{{}, theme.New(1, true), theme.New(0.5, false), theme.New(2, true)} {
		for name, object := range states(look) {
			width := look.Px(968)
			if name == "tile" {
				width = look.Px(472)
			}
			height := object.(ui.Flow).HeightAt(width)
			object.Resize(fyne.NewSize(width, height))
			for _, words := range ui.Look(object).Words {
				if words.Box.X < -1 || words.Box.X+words.Box.Width > width+1 || words.Box.Y+words.Box.Height*0.15 < -1 || words.Box.Y+words.Box.Height*0.85 > height+1 {
					t.Errorf("%s at %.1f large=%v: %q stands at %+v of %vx%v", name, look.Scale(), look.Large(), words.Text, words.Box, width, height)
				}
			}
		}
	}
}

func TestQR(t *testing.T) {
	app(t)
	content := "BM1:6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23NTDEXWK G2EP4J0BGJLFX3R3VHXK.PJ:2DPF6R:5SVBHABVCNN95SWMPHQUHQN%A0SOE+QQAB-HQ7IR.SQEEOK9SAI4- 7Y15KBPD34  QWSP0WRGTQFNPLIR.KQNA7N95U/3FJCTG90OARH9P1J4HGZJKBEG%123ZC$0BCI757TLXKIBTV5TN%2LXK-$CH4TSXKZ4S/$K%0KPQ1HEP9.PZE9Q$95:UENEUW6646936HRTO$9KZ56DE/.QC$Q3J62"
	code, err := ui.NewQR(theme.Look{}, 360, content)
	if err != nil {
		t.Fatal(err)
	}
	hand(t, code, 360, 360)
	img := code.Picture(340, 340)
	if got := decode(t, img); got != content {
		t.Errorf("the code reads %q", got)
	}
	if _, err := ui.NewQR(theme.Look{}, 360, string(make([]byte, 5000))); err == nil {
		t.Error("5000 bytes fit")
	}
	if err := code.Set(""); err != nil {
		t.Error(err)
	}
	empty := code.Picture(340, 340)
	if dark(empty, 170, 170) {
		t.Error("an empty code is not empty")
	}
}

func decode(t *testing.T, img image.Image) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatal(err)
	}
	return result.GetText()
}

func TestHeaderKeepsUp(t *testing.T) {
	app(t)
	header := ui.NewHeader(theme.Look{}, "柳树沟村便民服务点", ui.NewPill(theme.Look{}, "离开", ui.Secondary, nil))
	hand(t, header, 968, 100)
	header.SetClock("上午 9:42")
	header.SetPoint("杨家湾村便民服务点")
	var texts []string
	for _, words := range ui.Look(header).Words {
		texts = append(texts, words.Text)
	}
	if len(texts) != 3 || texts[0] != "杨家湾村便民服务点" || texts[1] != "上午 9:42" {
		t.Errorf("it shows %v", texts)
	}
}

func TestTextChanges(t *testing.T) {
	app(t)
	text := ui.NewBody(theme.Look{}, "短")
	below := ui.NewBody(theme.Look{}, "下面")
	column := ui.NewColumn(10, text, below)
	hand(t, column, 400, 900)
	before := below.Position().Y
	text.SetText("很长很长的一句话，要占好几行，下面的字就得往下让一让。")
	ui.Relayout(column)
	if below.Position().Y <= before+50 {
		t.Errorf("what is below moved from %v to %v", before, below.Position().Y)
	}
	text.SetText("")
	ui.Relayout(column)
	if below.Position().Y > before {
		t.Errorf("no words take room: %v", below.Position().Y)
	}
	limited := ui.NewBody(theme.Look{}, "很长很长的一句话，要占好几行，只给两行的地方。").Lines(2)
	if got := limited.HeightAt(250); got != 100 {
		t.Errorf("two lines are %v px high", got)
	}
	one := ui.NewText(theme.Look{}, theme.NumberText, theme.Ink, "QH0301A-261122-0042-X").OneLine()
	if got := one.HeightAt(200); got != 60 {
		t.Errorf("one line is %v px high", got)
	}
}

func TestHidden(t *testing.T) {
	app(t)
	notice := ui.NewNotice(theme.Look{}, ui.Bad, "")
	if notice.Visible() {
		t.Error("a notice without words is seen")
	}
	notice.Set(ui.Warn, "纸快用完了")
	if !notice.Visible() || notice.HeightAt(900) == 0 {
		t.Error("a notice with words is not seen")
	}
	line := ui.NewNetworkLine(theme.Look{})
	if line.Visible() {
		t.Error("an empty line is seen")
	}
}

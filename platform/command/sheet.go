package command

import (
	"fmt"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/receipt"
	"bianmin/drivers/a4"
	"bianmin/platform/registry"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// writeSheet prints an enrolment code to an A4 page for the technician's bag; the file is readable by its owner only.
func writeSheet(path string, ticket wire.Ticket, code registry.Code, stick bool) error {
	setter, err := a4.New(assets.FontRegular(), assets.FontBold())
	if err != nil {
		return err
	}
	pdf, err := setter.PDF(sheet(ticket, code, stick), a4.Options{Blank: true})
	if err != nil {
		return fmt.Errorf("set the sheet: %w", err)
	}
	return seal.WriteFile(path, pdf)
}

func sheet(ticket wire.Ticket, code registry.Code, stick bool) receipt.Pages {
	steps := []string{
		"接好设备和网线，开机。", "运行 provision setup，扫上面的码或照着输入。", "按提示逐个测试设备。", "打印验收单，签字，留在服务点一份。",
	}
	if stick {
		steps = []string{
			"接好设备，开机，插上县里给的 U 盘。这张单子不要和 U 盘放在一起。", "运行 provision setup，扫上面的码；扫不了只输入入网码。",
			"测试设备后，本机的申请在 U 盘上：带回县里答复（platform enrol answer）。", "带着答复回来，再插上 U 盘，再运行 provision setup，打印验收单，签字。",
		}
	}
	role := map[string]string{"kiosk": "自助终端", "agent": "代办工作台"}[code.Role]
	environment := map[string]string{"demo": "演示", "production": "正式"}[code.Environment]
	return receipt.Pages{
		Title: "入网单 " + code.Number, Foot: "入网单 " + code.Number,
		Parts: []receipt.Part{
			{Kind: receipt.PartTitle, Text: "终端入网单", Label: code.Point},
			{Kind: receipt.PartFields, Fields: []receipt.Field{
				{Label: "终端编号", Text: code.Number},
				{Label: "用途", Text: role},
				{Label: "服务点", Text: code.Point, Wide: true},
				{Label: "行政区划", Text: code.Region},
				{Label: "环境", Text: environment},
				{Label: "有效期至", Text: code.Expires.In(casefile.Zone).Format("2006-01-02 15:04"), Wide: true},
			}},
			{Kind: receipt.PartSpace, Height: 6},
			{Kind: receipt.PartCode, Data: ticket.String(), Text: "安装时扫这个码。只能用一次；用过或过期后向平台要新的。"},
			{Kind: receipt.PartHeading, Text: "扫不了时，照着输入"},
			{Kind: receipt.PartFields, Fields: []receipt.Field{
				{Label: "平台地址", Text: ticket.URL, Wide: true},
				{Label: "入网码", Text: ticket.Code, Wide: true},
				{Label: "平台指纹", Text: groups(ticket.Fingerprint), Wide: true},
			}},
			{Kind: receipt.PartHeading, Text: "安装步骤"},
			{Kind: receipt.PartPoints, Items: steps},
			{Kind: receipt.PartParagraph, Text: "这张单子等于一把钥匙：不要拍照外传，用完撕掉。", Bold: true},
		},
	}
}

// groups writes a fingerprint in groups of eight, for eyes.
func groups(s string) string {
	out := ""
	for i := 0; i < len(s); i += 8 {
		if i > 0 {
			out += " "
		}
		out += s[i:min(i+8, len(s))]
	}
	return out
}

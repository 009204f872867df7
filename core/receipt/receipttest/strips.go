package receipttest

import (
	"bianmin/core/casefile"
	"bianmin/core/receipt"
)

// Strips gives one strip of every kind that the desk prints on the receipt printer.
func Strips(d receipt.Desk) map[string]receipt.Document {
	c := Case()
	fee := receipt.FeePaper{Entry: casefile.FeeEntry{Receipt: "QH0301A-000042", Name: "工本费", Fen: 12345, Method: "cash", Payer: "欧阳建国"}, Case: number, Item: Item().Name}
	refund := fee
	refund.Entry.Counter, refund.Entry.Reason, refund.Entry.Fen = "QH0301A-000041", "多收", -2345
	return map[string]receipt.Document{
		"notice": receipt.NoticeStrip(d, receipt.NoticePaper{Case: c, Names: names}),
		"taken":  receipt.PapersTakenStrip(d, receipt.TakenPaper{Case: c, Move: casefile.PaperMove{Step: casefile.PaperReceived, Papers: papers(3), Party: "欧阳建国", Place: "2 号柜第 3 层"}}),
		"fee":    receipt.FeeStrip(d, fee),
		"refund": receipt.FeeStrip(d, refund),
	}
}

package journey

import (
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/receipt"
)

// printNotice prints what the office asks for, all of it in one list: to look for the paper at home, or to take to a desk.
func (m *machine) printNotice() {
	summary, ok := m.summary(m.cases.open)
	if !ok || !wants(summary) || m.options.Devices.Printer == nil || m.fx.busy(slotPrint) {
		return
	}
	m.cases.printing, m.cases.printed = true, Message{}
	m.print(PrintJob{Kind: jobNotice, Case: summary.Number, Item: summary.ItemCode}, m.noticeOf(summary))
}

func (m *machine) noticeOf(summary casefile.Summary) receipt.Document {
	var item *catalogue.Item
	if set := m.options.Catalogue(); set != nil {
		item, _ = set.Item(summary.ItemCode)
	}
	at := receipt.Desk{
		Lang: m.look.lang, Words: m.options.Words, Point: m.options.Place.Name, Phone: m.options.Place.Phone,
		Practice: m.options.Place.Practice, Demo: m.options.Place.Demo,
	}
	if at.Phone == "" && item != nil {
		at.Phone = item.Contact.Inquiry
	}
	var file agency.CaseFile
	file.Number, file.QR, file.Notice = summary.Number, summary.QR, &summary.Asked.Notice
	file.Submission.Item.Name = m.itemName(summary).In(m.look.lang)
	file.Submission.Applicant.Name = m.person.card.Name
	if until, _ := m.due(summary.Asked); !until.IsZero() {
		file.NoticeDue = until.Format(time.DateOnly)
	}
	return receipt.NoticeStrip(at, receipt.NoticePaper{Case: file, Names: func(point casefile.NoticePoint) string {
		return pointName(item, point).In(m.look.lang)
	}})
}

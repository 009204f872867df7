package succession

import (
	"strings"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/receipt"
	"bianmin/core/text"
)

// Certificate is the certificate of erasure (数据销毁证明) as a page to print and sign.
func Certificate(words *text.Catalog, lang text.Lang, e Erasure) receipt.Pages {
	t := func(key string, args map[string]any) string { return words.T(lang, "provision.erasure."+key, args) }
	field := func(key, value string) receipt.Field { return receipt.Field{Label: t(key, nil), Text: value} }
	wide := func(key, value string) receipt.Field {
		return receipt.Field{Label: t(key, nil), Text: value, Wide: true}
	}
	moved := t("moved-none", nil)
	if e.Moved > 0 {
		moved = t("moved-to", map[string]any{"n": e.Moved, "terminal": e.Terminal + e.Successor})
	}
	lost := t("lost-none", nil)
	if e.Lost > 0 {
		lost = t("lost-some", map[string]any{"n": e.Lost})
	}
	told := t("told-no", nil)
	if e.Told {
		told = t("told-yes", nil)
	}
	fields := []receipt.Field{
		field("terminal", e.Terminal+e.Generation), field("point", e.Point),
		field("begun", moment(lang, e.Time)), field("done", moment(lang, e.Done)),
		field("by", e.By), field("software", e.Software),
		field("key-files", t("pieces", map[string]any{"n": e.KeyFiles})), field("files", t("pieces", map[string]any{"n": e.Files})),
		field("cases", t("pieces", map[string]any{"n": e.Cases})), field("drafts", t("pieces", map[string]any{"n": e.Drafts})),
		wide("moved", moved), wide("lost", lost), wide("told", told),
		wide("keys", strings.Join(e.Statement.Keys, "\n")), wide("digest", e.Digest),
	}
	return receipt.Pages{
		Title: "bianmin", Foot: e.Statement.ID, Count: t("count", nil),
		Parts: []receipt.Part{
			{Kind: receipt.PartTitle, Text: t("title", nil), Label: e.Point},
			{Kind: receipt.PartParagraph, Text: t("line", map[string]any{"terminal": e.Terminal + e.Generation}), Indent: true},
			{Kind: receipt.PartFields, Fields: fields},
			{Kind: receipt.PartParagraph, Text: t("proof", nil), Indent: true},
			{Kind: receipt.PartSignature, Lines: []receipt.SignLine{{Label: t("sign-technician", nil)}, {Label: t("sign-county", nil)}}},
		},
	}
}

func moment(lang text.Lang, at time.Time) string {
	at = at.In(casefile.Zone)
	return text.Date(lang, at) + " " + text.Clock(lang, at)
}

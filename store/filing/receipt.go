package filing

import (
	"context"
	"errors"

	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/store/terminal"
	"bianmin/sync/seal"
)

// Receipt tells how the case of a receipt's code stands: its state and dates, and nothing that needs the card. here is false for
// a receipt of another terminal, or of a case that is kept no more. An error says that it is no receipt's code of the province.
func (f *Filing) Receipt(ctx context.Context, text string) (summary casefile.Summary, here bool, err error) {
	opened, self, err := f.Opened(ctx)
	if err != nil {
		return summary, false, err
	}
	code, err := seal.VerifyCode(text, seal.SM2Key(self.Trust.SigningRoot))
	if err != nil {
		return summary, false, err
	}
	found, err := opened.CaseByNumber(ctx, code.Case)
	if errors.Is(err, store.ErrNoCase) {
		return summary, false, nil
	}
	if err != nil {
		return summary, false, terminal.Coded(err)
	}
	return casefile.Summary{
		Number: found.Number, ItemCode: code.Item, Filed: found.Filed, State: found.State, Settled: found.Settled, Successor: found.Successor,
	}, true, nil
}

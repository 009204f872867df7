package stand

import (
	"context"

	"bianmin/drivers/sim/document"
)

func documentFaults() []Fault {
	all := []Fault{{
		Name: "a4-paper", Of: Document, Words: [2]string{"缺纸", "Paper out"}, Key: "A", Covers: []string{"document.SetPaper"},
		turn: func(ctx context.Context, s *Stand, on bool) error { return s.document.SetPaper(ctx, !on) },
		on: func(s *Stand) bool {
			plugged, paper := s.document.State()
			return plugged && !paper
		},
	}}
	words := map[document.Trouble][2]string{
		document.TonerLow:   {"墨粉不足", "Toner low"},
		document.PaperLow:   {"纸快用完", "Paper low"},
		document.TonerEmpty: {"墨粉用完", "Toner empty"},
		document.Jam:        {"卡纸", "Paper jam"},
		document.CoverOpen:  {"盖子打开", "Cover open"},
		document.Held:       {"任务暂停", "Job held"},
		document.Aborted:    {"任务中断", "Job aborted"},
	}
	for _, t := range document.Troubles() {
		all = append(all, Fault{
			Name: "a4-" + string(t), Of: Document, Words: words[t], Covers: []string{"document.Have", "document." + string(t)},
			turn: func(_ context.Context, s *Stand, on bool) error {
				if on {
					return s.document.Have(t)
				}
				return s.document.Have("")
			},
			on: func(s *Stand) bool { return s.document.Trouble() == t },
		})
	}
	return append(all, Fault{
		Name: "document-unplugged", Of: Document, Words: [2]string{"连接被拒", "Refused"}, Covers: []string{"document.Unplug"},
		turn: func(ctx context.Context, s *Stand, on bool) error {
			if on {
				s.document.Unplug()
				return nil
			}
			return s.document.Plug(ctx)
		},
		on: func(s *Stand) bool {
			plugged, _ := s.document.State()
			return !plugged
		},
	})
}

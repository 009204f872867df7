package stand

import (
	"context"
	"time"

	"bianmin/drivers/sim/reader"
)

// readStatus is what a reader says that cannot read a card; stubborn is how often, before it can again.
const (
	readStatus = 0x41
	stubborn   = 100
)

func readerFaults() []Fault {
	all := []Fault{
		{
			Name: "card-pulled", Of: Reader, Words: [2]string{"中途拿走", "Card lifted"}, Key: "L", Covers: []string{"reader.PullMidRead"},
			turn: func(_ context.Context, s *Stand, on bool) error {
				if on {
					s.reader.PullMidRead()
				} else {
					s.healReader()
				}
				return nil
			},
			on: func(s *Stand) bool { return s.reader.Pulls() },
		},
		{
			Name: "card-refused", Of: Reader, Words: [2]string{"读不出卡", "Unreadable"}, Covers: []string{"reader.Answer"},
			turn: func(_ context.Context, s *Stand, on bool) error {
				if on {
					s.reader.Answer(reader.Read, readStatus, stubborn)
				} else {
					s.healReader()
				}
				return nil
			},
			on: func(s *Stand) bool { return s.reader.Refuses(reader.Read) },
		},
	}
	for _, f := range []struct {
		name, chinese, english string
		fault                  reader.Fault
		covers                 string
	}{
		{"noise-inside", "数据有杂音", "Noise inside", reader.NoiseInside(3), "reader.NoiseInside"},
		{"noise-before", "数据前有杂音", "Noise before", reader.NoiseBefore(20), "reader.NoiseBefore"},
		{"checksum", "校验错误", "Bad sum", reader.WrongChecksum, "reader.WrongChecksum"},
		{"checksum-fits", "错了但校验对", "Bad, sum fits", reader.Invisible, "reader.Invisible"},
		{"half-frame", "只来一半", "Half a frame", reader.Stop(40), "reader.Stop"},
		{"bytes-lost", "丢字节", "Bytes lost", reader.Lost(2), "reader.Lost"},
		{"bytes-extra", "多字节", "Extra bytes", reader.Extra(2), "reader.Extra"},
		{"pieces", "断断续续", "In pieces", reader.Split(8, 40*time.Millisecond), "reader.Split"},
		{"late", "很慢", "Slow", reader.Late(1200 * time.Millisecond), "reader.Late"},
		{"swallowed", "收到不答", "No answers", reader.Nothing, "reader.Nothing"},
	} {
		all = append(all, Fault{
			Name: "reader-" + f.name, Of: Reader, Words: [2]string{f.chinese, f.english}, Covers: []string{f.covers},
			turn: func(_ context.Context, s *Stand, on bool) error {
				if !on {
					s.order(Reader, "")
					s.reader.Always(nil)
					return nil
				}
				s.order(Reader, f.name)
				s.reader.Always(f.fault)
				return nil
			},
			on: func(s *Stand) bool { return s.isOrdered(Reader, f.name) },
		})
	}
	silent := Fault{
		Name: "reader-silent", Of: Reader, Words: [2]string{"没有反应", "Silent"}, Covers: []string{"reader.Silence"},
		turn: func(_ context.Context, s *Stand, on bool) error { s.reader.Silence(on); return nil },
		on:   func(s *Stand) bool { return s.reader.Silent() },
	}
	return append(all, silent, unplugged(Reader, "R", func(s *Stand) cable { return s.reader }, "reader.Unplug"))
}

// healReader ends the orders that only end together; silence stays.
func (s *Stand) healReader() {
	silent := s.reader.Silent()
	s.reader.Heal()
	s.order(Reader, "")
	s.reader.Silence(silent)
}

package stand

import (
	"context"

	"bianmin/drivers/sim/network"
)

// cutAfter is where in what goes up the line breaks: in the body of a request, behind its head and TLS's greeting.
const cutAfter = 6 << 10

func networkFaults() []Fault {
	line := func(name string, words [2]string, key, covers string, order func(*network.Proxy), is func(network.Line) bool) Fault {
		return Fault{
			Name: "network-" + name, Of: Network, Words: words, Key: key, Covers: []string{covers},
			turn: func(_ context.Context, s *Stand, on bool) error {
				s.network.Restore() // one at a time: there is one line
				if on {
					order(s.network)
				}
				return nil
			},
			on: func(s *Stand) bool { return is(s.network.Line()) },
		}
	}
	return []Fault{
		line("cut", [2]string{"断网", "Cut"}, "N", "network.Cut", (*network.Proxy).Cut, func(l network.Line) bool { return l.Cut }),
		line("slow", [2]string{"很慢", "Slow"}, "", "network.Slow", func(p *network.Proxy) { p.Slow(slowBytesPerSecond) }, func(l network.Line) bool { return l.Slow }),
		line("lossy", [2]string{"丢包", "Lossy"}, "", "network.Lossy", (*network.Proxy).Lossy, func(l network.Line) bool { return l.Lossy }),
		line("portal", [2]string{"要先登录", "Login page"}, "", "network.Portal", (*network.Proxy).Portal, func(l network.Line) bool { return l.Portal }),
		line("hole", [2]string{"有去无回", "Black hole"}, "", "network.BlackHole", (*network.Proxy).BlackHole, func(l network.Line) bool { return l.Hole }),
		line("cut-mid-body", [2]string{"传一半断开", "Cut mid-body"}, "", "network.CutAfter", func(p *network.Proxy) { p.CutAfter(cutAfter) }, func(l network.Line) bool { return l.WillCut }),
	}
}

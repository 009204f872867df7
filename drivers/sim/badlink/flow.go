package badlink

import (
	"encoding/binary"
	"sync"
)

// Places and flags in packets of IPv4 and TCP.
const (
	protocolTCP = 6
	flagSyn     = 1 << 1
	flagReset   = 1 << 2
	flagAck     = 1 << 4
)

// flows knows before which cut a connection was opened, as a box that translates addresses does.
type flows struct {
	mu   sync.Mutex
	age  int            // cuts so far
	open map[uint32]int // by both ports: the age in which it was opened
}

// end lets all connections that are open be of the past.
func (f *flows) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.age++
}

// over tells whether a packet belongs to a connection of before a cut.
func (f *flows) over(packet []byte) bool {
	t := segment(packet)
	a, b := binary.BigEndian.Uint16(t), binary.BigEndian.Uint16(t[2:])
	key := uint32(min(a, b))<<16 | uint32(max(a, b))
	f.mu.Lock()
	defer f.mu.Unlock()
	if t[13]&flagSyn != 0 && t[13]&flagAck == 0 {
		f.open[key] = f.age
	}
	opened, known := f.open[key]
	return !known || opened < f.age
}

// tcp tells whether a packet is a whole one of TCP over IPv4; the line carries nothing else.
func tcp(packet []byte) bool {
	if len(packet) < 40 || packet[0]>>4 != 4 || packet[9] != protocolTCP {
		return false
	}
	return len(packet) >= int(packet[0]&15)*4+20
}

func segment(packet []byte) []byte { return packet[int(packet[0]&15)*4:] }

// worthReset tells whether a packet is answered with a reset: not a reset itself, and one that acknowledges.
func worthReset(packet []byte) bool {
	flags := segment(packet)[13]
	return flags&flagReset == 0 && flags&flagAck != 0
}

// reset answers a packet as a box does that knows nothing of its connection.
func reset(packet []byte) []byte {
	t := segment(packet)
	r := make([]byte, 40)
	r[0], r[8], r[9] = 0x45, 64, protocolTCP
	binary.BigEndian.PutUint16(r[2:], 40)
	copy(r[12:16], packet[16:20])
	copy(r[16:20], packet[12:16])
	binary.BigEndian.PutUint16(r[10:], checksum(r[:20], 0))
	copy(r[20:22], t[2:4])
	copy(r[22:24], t[0:2])
	copy(r[24:28], t[8:12]) // where the other end says it expects the next byte
	r[32], r[33] = 5<<4, flagReset
	binary.BigEndian.PutUint16(r[36:], checksum(r[20:], sum(r[12:20])+protocolTCP+20))
	return r
}

func checksum(b []byte, more uint32) uint16 {
	s := sum(b) + more
	for s>>16 != 0 {
		s = s&0xffff + s>>16
	}
	return ^uint16(s) // #nosec G115 -- folded into 16 bits
}

func sum(b []byte) (s uint32) {
	for i := 0; i+1 < len(b); i += 2 {
		s += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	return s
}

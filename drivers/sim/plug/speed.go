package plug

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// AtSpeed is the far end of a line as a device sees it that is set to one speed: while the program at the near end has set
// another one, each hears of the other what a UART samples then.
func AtSpeed(end *os.File, baud int) io.ReadWriter { return &paced{end: end, baud: baud} }

type paced struct {
	end     *os.File
	baud    int
	pending []byte
}

// Read implements io.Reader.
func (p *paced) Read(b []byte) (int, error) {
	for len(p.pending) == 0 {
		buffer := make([]byte, 256)
		n, err := p.end.Read(buffer)
		if err != nil {
			return 0, err
		}
		p.pending = Heard(buffer[:n], speedOf(p.end), p.baud)
	}
	n := copy(b, p.pending)
	p.pending = p.pending[n:]
	return n, nil
}

// Write implements io.Writer.
func (p *paced) Write(b []byte) (int, error) {
	if _, err := p.end.Write(Heard(b, p.baud, speedOf(p.end))); err != nil {
		return 0, err
	}
	return len(b), nil
}

var speeds = map[uint32]int{
	unix.B2400: 2400, unix.B4800: 4800, unix.B9600: 9600, unix.B19200: 19200, unix.B38400: 38400, unix.B57600: 57600, unix.B115200: 115200,
}

// speedOf is the speed that the program at the near end has set: a pseudo terminal's master tells its slave's settings.
func speedOf(end *os.File) (baud int) {
	conn, err := end.SyscallConn()
	if err != nil {
		return 0
	}
	_ = conn.Control(func(fd uintptr) {
		if settings, err := unix.IoctlGetTermios(int(fd), unix.TCGETS); err == nil { // #nosec G115 -- a descriptor
			baud = speeds[settings.Cflag&unix.CBAUD]
		}
	})
	return baud
}

// Heard is what a UART set to one speed makes of bytes sent back to back at another, 8N1: it waits for an edge, looks whether
// the start bit still stands in its middle, and samples each bit in its middle. Bytes whose stop bit is wrong are handed on too.
func Heard(b []byte, sent, set int) []byte {
	if sent == set || sent <= 0 || set <= 0 {
		return b
	}
	const oversampling = 16
	bit := func(at float64) bool { // at: in bits of the sender
		i := int(at)
		if i < 0 || i >= 10*len(b) {
			return true // idle
		}
		switch place := i % 10; place {
		case 0:
			return false
		case 9:
			return true
		default:
			return b[i/10]>>(place-1)&1 == 1
		}
	}
	width := float64(sent) / float64(set) // of the listener's bit
	var heard []byte
	for at := 0.0; at < float64(10*len(b)); at += width / oversampling {
		if bit(at) || bit(at+width/2) {
			continue
		}
		var value byte
		for i := range 8 {
			if bit(at + width*(1.5+float64(i))) {
				value |= 1 << i
			}
		}
		heard = append(heard, value)
		for at += width * 9.5; at < float64(10*len(b)) && !bit(at); at += width / oversampling { // until the line is idle again
		}
	}
	return heard
}

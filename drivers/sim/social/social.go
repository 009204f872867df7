// Package social is a simulated social-security card in a simulated reader: the far end of vpcd, the virtual reader of the
// system's PC/SC service. It is written from the published files and shares no code with the driver it is there to test.
package social

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"strings"

	"golang.org/x/sys/unix"
)

// Card is an invented person's card. The records are values without tag and length.
type Card struct {
	Files   map[byte][][]byte // by the low byte of the file's name: 05 the card, 06 the holder
	Locked  bool              // the holder's file wants a password
	Bank    bool              // it knows no environment of social security
	Numbers bool              // records are asked for by number, not by tag
	T0      bool              // the older protocol: lengths and answers are fetched in a second step
	Pulled  int               // in the middle of a read: after so many answers, 0 for never

	file     byte
	answered int
}

// New is a card with both files.
func New() *Card {
	text := func(s string, size int) []byte { return append([]byte(s), make([]byte, size-len(s))...) }
	digits := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			panic(err)
		}
		return b
	}
	return &Card{Files: map[byte][][]byte{
		0x05: {digits("990301d1560000050011223344556677"), []byte("1"), []byte("3.00"), digits("990301000000000000000001"), digits("20210305"), digits("20310305"), []byte("QH1234567")},
		// 王秀兰 in GBK
		0x06: {text("990301194803150249", 18), text("\xCD\xF5\xD0\xE3\xC0\xBC", 30), []byte("2"), digits("01"), digits("990301"), digits("19480315")},
	}}
}

func (c *Card) first() int {
	if c.file == 0x06 {
		return 8
	}
	return 1
}

// Transmit answers a command.
func (c *Card) Transmit(_ context.Context, command []byte) ([]byte, error) {
	return c.respond(command), nil
}

func status(sw uint16) []byte { return binary.BigEndian.AppendUint16(nil, sw) }

func (c *Card) respond(command []byte) []byte {
	if len(command) < 4 {
		return status(0x6700)
	}
	switch name := hex.EncodeToString(command[1:2]); {
	case name == "a4" && command[2] == 0x04:
		if c.Bank || !strings.HasSuffix(string(command), "sx1.sh.\xC9\xE7\xBB\xE1\xB1\xA3\xD5\xCF") {
			return status(0x6A82)
		}
		if c.T0 {
			return status(0x6104)
		}
		return append([]byte{0x6F, 0x02, 0x84, 0x00}, status(0x9000)...)
	case name == "c0":
		return append([]byte{0x6F, 0x02, 0x84, 0x00}, status(0x9000)...)
	case name == "a4" && len(command) >= 7 && c.Files[command[6]] != nil:
		if c.T0 && command[2] == 0x02 {
			return status(0x6A86) // older cards select it plainly
		}
		c.file = command[6]
		return status(0x9000)
	case name == "b2":
		return c.record(command)
	}
	return status(0x6A82)
}

func (c *Card) record(command []byte) []byte {
	number := int(command[2])
	if c.Numbers != (command[3] == 0x04) {
		return status(0x6A86)
	}
	if !c.Numbers {
		number -= c.first() - 1
	}
	records := c.Files[c.file]
	switch {
	case c.file == 0x06 && c.Locked:
		return status(0x6982)
	case number < 1 || number > len(records):
		return status(0x6A83)
	}
	value := records[number-1]
	whole := append([]byte{byte(c.first() + number - 1), byte(len(value))}, value...) // #nosec G115 -- short
	if c.T0 && int(command[4]) != len(whole) {
		return status(0x6C00 | uint16(len(whole))) // #nosec G115 -- short
	}
	return append(whole, status(0x9000)...)
}

// Insert puts the card into the virtual reader and plays it until ctx ends, which pulls it.
func (c *Card) Insert(ctx context.Context, address string) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("insert card: %w", err)
	}
	return c.play(ctx, conn)
}

// play is the card at the end of a connection, until ctx ends or the reader lets it go.
func (c *Card) play(ctx context.Context, conn net.Conn) error {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	defer func() { _ = conn.Close() }()
	for {
		hurry(conn)
		var size [2]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return pulled(ctx, err)
		}
		hurry(conn)
		message := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(conn, message); err != nil {
			return pulled(ctx, err)
		}
		var answer []byte
		switch {
		case len(message) == 1 && message[0] == 0x04: // what it says when it gets power
			answer = []byte{0x3B, 0x80, 0x80, 0x01, 0x01}
			if c.T0 {
				answer = []byte{0x3B, 0x00}
			}
		case len(message) == 1: // power on, off, reset
			c.file = 0
			continue
		default:
			answer = c.respond(message)
			c.answered++
		}
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil { // #nosec G115 -- short
			return pulled(ctx, err)
		}
		if c.Pulled > 0 && c.answered >= c.Pulled {
			return nil
		}
	}
}

// hurry has the kernel acknowledge at once what comes next: vpcd sends a length and then the bytes, and would wait 40 ms between the two.
func hurry(conn net.Conn) {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_QUICKACK, 1) // #nosec G115 -- a descriptor
	})
}

func pulled(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("the virtual reader: %w", err)
}

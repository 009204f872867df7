package powercut

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// Words of the network block device protocol, as far as a client with one disk needs them
// (https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md).
const (
	nbdHello       = "NBDMAGICIHAVEOPT"
	nbdReplyMagic  = 0x3e889045565a9
	nbdAnswerMagic = 0x67446698
	nbdAsked       = 0x25609513

	nbdFixed    = 1 | 2           // newstyle, fixed, without the zeroes at its end
	nbdCan      = 1 | 1<<2 | 1<<3 // flags follow, flush, force unit access
	nbdThrough  = 1               // of a command
	nbdMostData = 64 << 20

	optionExport, optionAbort, optionInfo, optionGo = 1, 2, 6, 7

	commandRead, commandWrite, commandLeave, commandFlush = 0, 1, 2, 3

	problemInvalid = 22
)

// Serve gives a disk to the clients of a listener until ctx ends, which closes the listener.
func Serve(ctx context.Context, listener net.Listener, disk *Disk) error {
	var open sync.WaitGroup
	defer open.Wait()
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer stop()
	for {
		connection, err := listener.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("wait for a machine: %w", err)
		}
		open.Go(func() {
			stop := context.AfterFunc(ctx, func() { _ = connection.Close() })
			defer stop()
			defer func() { _ = connection.Close() }()
			_ = serve(connection, disk) // a machine whose power was cut ends in the middle of a word
		})
	}
}

type conversation struct {
	disk *Disk
	r    *bufio.Reader
	w    *bufio.Writer
}

func serve(connection net.Conn, disk *Disk) error {
	c := conversation{disk: disk, r: bufio.NewReaderSize(connection, 1<<20), w: bufio.NewWriterSize(connection, 1<<20)}
	if err := c.agree(); err != nil {
		return err
	}
	for {
		if err := c.command(); err != nil {
			return err
		}
	}
}

var errLeft = errors.New("the machine left")

// agree goes through the options a client asks for until it takes the disk.
func (c *conversation) agree() error {
	if err := c.send([]byte(nbdHello), uint16(nbdFixed)); err != nil {
		return err
	}
	var flags uint32
	if err := binary.Read(c.r, binary.BigEndian, &flags); err != nil {
		return err
	}
	for {
		var asked struct {
			Magic          uint64
			Option, Length uint32
		}
		if err := binary.Read(c.r, binary.BigEndian, &asked); err != nil {
			return err
		}
		if asked.Length > 64<<10 {
			return errors.New("an option too long")
		}
		if _, err := io.CopyN(io.Discard, c.r, int64(asked.Length)); err != nil { // every name is this disk
			return err
		}
		taken, err := c.option(asked.Option)
		if err != nil || taken {
			return err
		}
	}
}

func (c *conversation) option(option uint32) (taken bool, err error) {
	size := uint64(c.disk.Size()) // #nosec G115 -- a length
	reply := func(kind uint32, body ...any) error {
		length := 0
		for _, b := range body {
			length += binary.Size(b)
		}
		return c.send(append([]any{uint64(nbdReplyMagic), option, kind, uint32(length)}, body...)...) // #nosec G115 -- a few bytes
	}
	const acknowledged, information, unsupported = 1, 3, 1<<31 | 1
	switch option {
	case optionExport:
		return true, c.send(size, uint16(nbdCan))
	case optionInfo, optionGo:
		if err := reply(information, uint16(0), size, uint16(nbdCan)); err != nil {
			return false, err
		}
		return option == optionGo, reply(acknowledged)
	case optionAbort:
		return false, errors.Join(reply(acknowledged), errLeft)
	}
	return false, reply(unsupported)
}

// command takes one command and answers it.
func (c *conversation) command() error {
	var asked struct {
		Magic          uint32
		Flags, Command uint16
		Cookie, Offset uint64
		Length         uint32
	}
	if err := binary.Read(c.r, binary.BigEndian, &asked); err != nil {
		return err
	}
	if asked.Magic != nbdAsked || asked.Length > nbdMostData {
		return errors.New("no command")
	}
	var data []byte
	if asked.Command == commandRead || asked.Command == commandWrite {
		data = make([]byte, asked.Length)
	}
	offset := int64(asked.Offset) // #nosec G115 -- a wrong one is past the end
	problem := uint32(0)
	var answer []byte
	var failed error
	switch asked.Command {
	case commandRead:
		failed, answer = c.disk.ReadAt(data, offset), data
	case commandWrite:
		if _, err := io.ReadFull(c.r, data); err != nil {
			return err
		}
		failed = c.disk.WriteAt(data, offset, asked.Flags&nbdThrough != 0)
	case commandFlush:
		c.disk.Flush()
	case commandLeave:
		return errLeft
	default:
		failed = errors.ErrUnsupported
	}
	if failed != nil {
		problem, answer = problemInvalid, nil
	}
	say := c.send
	if c.r.Buffered() > 0 { // more was asked already
		say = c.put
	}
	return say(uint32(nbdAnswerMagic), problem, asked.Cookie, answer)
}

// send puts words on the line; put leaves them to be sent with what follows.
func (c *conversation) send(words ...any) error { return errors.Join(c.put(words...), c.w.Flush()) }

func (c *conversation) put(words ...any) error {
	for _, word := range words {
		if err := binary.Write(c.w, binary.BigEndian, word); err != nil {
			return err
		}
	}
	return nil
}

package powercut

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net"
	"path/filepath"
	"slices"
	"testing"
)

// TestServe speaks to the disk as an emulator does: agrees, writes, flushes, reads, asks for what is not there.
func TestServe(t *testing.T) {
	disk := NewDisk(make([]byte, 8192))
	path := filepath.Join(t.TempDir(), "d")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, listener, disk) }()
	c := dial(t, path)
	c.put(uint32(3), []byte("IHAVEOPT"), uint32(99), uint32(4), uint32(0)) // an option nobody knows
	c.want(uint64(nbdReplyMagic), uint32(99), uint32(1<<31|1), uint32(0))
	c.put([]byte("IHAVEOPT"), uint32(optionGo), uint32(6), uint32(0), uint16(0))
	c.want(uint64(nbdReplyMagic), uint32(optionGo), uint32(3), uint32(12), uint16(0), uint64(8192), uint16(1|4|8))
	c.want(uint64(nbdReplyMagic), uint32(optionGo), uint32(1), uint32(0))
	content := bytes.Repeat([]byte{7}, 512)
	c.put(uint32(nbdAsked), uint16(0), uint16(commandWrite), uint64(1), uint64(1024), uint32(512), content)
	c.want(uint32(nbdAnswerMagic), uint32(0), uint64(1))
	c.put(uint32(nbdAsked), uint16(0), uint16(commandFlush), uint64(2), uint64(0), uint32(0))
	c.want(uint32(nbdAnswerMagic), uint32(0), uint64(2))
	c.put(uint32(nbdAsked), uint16(0), uint16(commandRead), uint64(3), uint64(1024), uint32(512))
	c.want(uint32(nbdAnswerMagic), uint32(0), uint64(3), content)
	c.put(uint32(nbdAsked), uint16(0), uint16(commandRead), uint64(4), uint64(8000), uint32(512)) // past the end
	c.want(uint32(nbdAnswerMagic), uint32(problemInvalid), uint64(4))
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if disk.Length() != 2 {
		t.Errorf("%d things happened, not a write and a flush", disk.Length())
	}
}

type client struct {
	t *testing.T
	net.Conn
}

func dial(t *testing.T, path string) client {
	t.Helper()
	connection, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	c := client{t, connection}
	c.want([]byte(nbdHello), uint16(nbdFixed))
	return c
}

func (c client) put(words ...any) {
	c.t.Helper()
	for _, word := range words {
		if err := binary.Write(c, binary.BigEndian, word); err != nil {
			c.t.Fatal(err)
		}
	}
}

func (c client) want(words ...any) {
	c.t.Helper()
	var want bytes.Buffer
	for _, word := range words {
		if err := binary.Write(&want, binary.BigEndian, word); err != nil {
			c.t.Fatal(err)
		}
	}
	got := make([]byte, want.Len())
	if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, want.Bytes()) {
		c.t.Fatalf("%x, want %x, %v", got, want.Bytes(), err)
	}
}

// TestCutsForgetWhatWasNotFlushed cuts one history at each place, many times.
func TestCutsForgetWhatWasNotFlushed(t *testing.T) {
	write := func(d *Disk, at int64, what byte, through bool) {
		if err := d.WriteAt(bytes.Repeat([]byte{what}, 1024), firstBlock+at, through); err != nil {
			t.Fatal(err)
		}
	}
	disk := NewDisk(make([]byte, 8192))
	write(disk, 0, 1, false)
	disk.Flush()
	disk.Say("one is safe")
	write(disk, 1024, 2, false)
	write(disk, 0, 3, true)
	disk.Say("three is safe")
	seen := map[string]bool{}
	for range 200 {
		disk.Cuts([]int{6, 0, 3, 4}, rand.New(rand.NewPCG(uint64(len(seen)), rand.Uint64())), func(left Left) { // #nosec G404
			content := left.Content[firstBlock:]
			sectors := []byte{content[0], content[512], content[1024], content[1536]}
			seen[string(rune('0'+left.At))+string(sectors)+left.Way.String()] = true
			switch first := sectors[:2]; {
			case left.At == 0 && !bytes.Equal(left.Content, make([]byte, 8192)):
				t.Fatal("before anything was written the disk is not as it was")
			case left.At == 3 && (!bytes.Equal(first, []byte{1, 1}) || !slices.Equal(left.Said, []string{"one is safe"})):
				t.Fatalf("after a flush: %v, said %q", sectors, left.Said)
			case left.At == 6 && (!bytes.Equal(first, []byte{3, 3}) || len(left.Said) != 2):
				t.Fatalf("after a write through the cache: %v, said %q", sectors, left.Said)
			case left.At == 4 && left.Way == None && content[1024] != 0:
				t.Fatal("nothing was to be left of the cache")
			case left.At == 4 && left.Way == All && content[1024] != 2:
				t.Fatal("everything was to be left of the cache")
			}
		})
	}
	for _, want := range []string{"4\x01\x01\x00\x00some", "4\x01\x01\x02\x02some", "4\x01\x01\x00\x02torn", "4\x01\x01\x02\x00torn"} {
		if !seen[want] {
			t.Errorf("never seen: %q", want)
		}
	}
}

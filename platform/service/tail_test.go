package service_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"bianmin/platform/platformtest"
)

// TestPowerCutsRefuseNothing: a tail that a power cut of the platform's own left as zeros is asked for again, however often that happens;
// only what the terminal itself sends wrongly twice, whole, is refused.
func TestPowerCutsRefuseNothing(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301")
	s := m.build(m.event(), 300_000)
	head, half := len(s.Head), len(s.Head)+100_000
	want(t, "the first half", m.send(s, 0, half), fmt.Sprintf("202 registration  @%d", half))
	for range 3 {
		p.Stop()
		spoil(t, filepath.Join(p.Dir, "incoming", s.Header.Packet), head+50_000)
		p.Serve(p.Addr)
		m.client.CloseIdleConnections()
		held := m.do(m.request(http.MethodHead, "/v1/packets/"+s.Header.Packet, nil))
		want(t, "HEAD", held, fmt.Sprintf("200   @%d", half))
		want(t, "the rest over a spoilt tail", m.send(s, half, len(s.bytes)), fmt.Sprintf("409  offset @%d", head))
		want(t, "again as far as the half", m.send(s, head, half), fmt.Sprintf("202 registration  @%d", half))
	}
	want(t, "whole", m.send(s, half, len(s.bytes)), "200 acknowledgement  @")
	bad := m.build(m.event(), 1000)
	bad.bytes[len(bad.bytes)-1] ^= 1
	want(t, "a spoilt page", m.sendAll(bad), fmt.Sprintf("409  offset @%d", len(bad.Head)))
	want(t, "spoilt again", m.send(bad, len(bad.Head), len(bad.bytes)), "422 refusal attachment @")
}

// spoil overwrites a file's bytes from an offset on with zeros.
func spoil(t *testing.T, path string, from int) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.WriteAt(make([]byte, 1000), int64(from))
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
}

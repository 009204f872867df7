package downlink_test

import (
	"os"
	"slices"
	"testing"

	"bianmin/platform/platformtest"
)

// TestRestoredPlatformIsHeard: what a platform writes after it was put back from a copy reaches a terminal whose cursor is from before.
func TestRestoredPlatformIsHeard(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", "--role", "agent")
	number := string(m.submit())
	first := act(t, p, number, "accept", "--department", "民政局", "--text", "已收到")
	p.Stop()
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(p.Dir)); err != nil {
		t.Fatal(err)
	}
	p.Serve(p.Addr)
	lost := []string{
		act(t, p, number, "progress", "--department", "民政局", "--state", "working", "--text", "办理中"),
		act(t, p, number, "progress", "--department", "民政局", "--state", "working", "--text", "快了"),
	}
	m.run(nil)
	await(t, "all three", func() bool { return len(m.book.ids()) == 3 })
	p.Stop()
	if err := os.RemoveAll(p.Dir); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(p.Dir, os.DirFS(copied)); err != nil {
		t.Fatal(err)
	}
	p.Serve(p.Addr)
	again := []string{
		act(t, p, number, "return", "--point", "field=phone,text=号码有误", "--days", "7"),
		act(t, p, number, "progress", "--department", "民政局", "--state", "working", "--text", "等补正"),
		act(t, p, number, "progress", "--department", "民政局", "--state", "working", "--text", "还在等"),
	}
	await(t, "what the restored platform wrote", func() bool {
		got := m.book.ids()
		return slices.Contains(got, again[0]) && slices.Contains(got, again[1]) && slices.Contains(got, again[2])
	})
	if got := m.book.ids(); !slices.Equal(got[:3], append([]string{first}, lost...)) {
		t.Errorf("taken: %v", got)
	}
}

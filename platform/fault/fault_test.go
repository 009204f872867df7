package fault

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestParse(t *testing.T) {
	rules, err := Parse([]byte(`
- match: {method: PATCH, path: "/v1/packets/*", terminal: QH0301}
  skip: 2
  times: 3
  action: drop-after-accept
- {action: "429", wait: 1m30s}
- {action: cut-body, bytes: 4096}
`))
	if err != nil || len(rules) != 3 || rules[0].Match.Terminal != "QH0301" || rules[1].Wait != 90*time.Second || rules[2].Bytes != 4096 {
		t.Errorf("%+v, %v", rules, err)
	}
	if one, err := Parse([]byte(`{action: "500", times: 2}`)); err != nil || len(one) != 1 || one[0].Action != Status500 {
		t.Errorf("one rule: %+v, %v", one, err)
	}
	for _, bad := range []string{`- {action: explode}`, `- {action: slow, colour: red}`, `- {match: {path: "["}, action: slow}`, `{times: 3}`, `[[`, `- 7`} {
		if rules, err := Parse([]byte(bad)); err == nil {
			t.Errorf("%s: %+v", bad, rules)
		}
	}
}

func TestSkipTimesAndMatch(t *testing.T) {
	var injector Injector
	injector.Load([]Rule{
		{Match: Match{Method: "GET", Path: "/a/*"}, Skip: 1, Times: 2, Action: Status500},
		{Match: Match{Terminal: "QH0301"}, Action: Status500},
	})
	handler := injector.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	got := ""
	for _, path := range []string{"/a/1", "/b", "/a/1", "/a/1/2", "/a/2", "/a/3"} {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
		got += fmt.Sprint(recorder.Code, " ")
	}
	if want := "418 418 500 418 500 418 "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if injector.Hits() != 2 {
		t.Errorf("%d hits", injector.Hits())
	}
}

func TestControl(t *testing.T) {
	short, err := os.MkdirTemp("", "flt")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(short)
	socket, script := filepath.Join(short, "s"), filepath.Join(short, "f.yaml")
	if err := os.WriteFile(script, []byte(`[{action: slow}, {action: redirect}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	var injector Injector
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	control := Control{Injector: &injector, State: func(context.Context) (string, error) { return "x=1", nil }}
	go func() { ended <- control.Serve(ctx, socket) }()
	var connection net.Conn
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if connection, err = net.Dial("unix", socket); err == nil || time.Now().After(deadline) {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(connection)
	for _, c := range [][2]string{
		{"state", "ok hits=0 x=1"},
		{"faults load " + script, "ok rules=2"},
		{`faults add {action: "500", times: 1}`, "ok"},
		{"faults clear", "ok"},
		{"faults add {action: nonsense}", "error "},
		{"faults load /no/such/file", "error "},
		{"dance", "error commands: "},
	} {
		if _, err := fmt.Fprintln(connection, c[0]); err != nil {
			t.Fatal(err)
		}
		line, err := lines.ReadString('\n')
		if err != nil || !strings.HasPrefix(strings.TrimSpace(line), c[1]) || (!strings.HasPrefix(c[1], "error") && strings.TrimSpace(line) != c[1]) {
			t.Errorf("%s: %q, %v; want %q", c[0], line, err, c[1])
		}
	}
	cancel() // with a connection open
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := lines.ReadString('\n'); err != io.EOF {
		t.Errorf("the connection outlived the control socket: %v", err)
	}
	_ = connection.Close()
}

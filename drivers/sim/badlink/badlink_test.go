package badlink

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// end tells a process of this test's own program which end of the line it is.
const end = "BADLINK_END"

func TestMain(m *testing.M) {
	switch os.Getenv(end) {
	case "echo":
		echo()
	case "ask":
		if err := ask(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	default:
		goleak.VerifyTestMain(m)
	}
}

const port = "7"

func echo() {
	listener, err := net.Listen("tcp", net.JoinHostPort(Server, port))
	for err == nil {
		var connection net.Conn
		if connection, err = listener.Accept(); err == nil {
			go func() { _, _ = io.Copy(connection, connection); _ = connection.Close() }()
		}
	}
	fmt.Println(err)
	os.Exit(1)
}

// ask sends so many bytes and waits until they have come back.
func ask() error {
	size, err := strconv.Atoi(os.Getenv("BADLINK_SIZE"))
	if err != nil {
		return err
	}
	wait, err := time.ParseDuration(os.Getenv("BADLINK_WAIT"))
	if err != nil {
		return err
	}
	connection, err := net.DialTimeout("tcp", net.JoinHostPort(Server, port), wait)
	if err != nil {
		return err
	}
	sent := bytes.Repeat([]byte{1, 2, 3, 4}, size/4)
	if err := connection.SetDeadline(time.Now().Add(wait)); err != nil {
		return err
	}
	go func() { _, _ = connection.Write(sent) }() // what is wrong shows when it is read
	got := make([]byte, len(sent))
	if _, err := io.ReadFull(connection, got); err != nil {
		return err
	}
	if !bytes.Equal(got, sent) {
		return fmt.Errorf("something else came back")
	}
	return nil
}

// line opens a line with an echo at its far end.
func line(t *testing.T) *Link {
	t.Helper()
	l, err := Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	far := exec.Command(os.Args[0])
	far.Env = append(os.Environ(), end+"=echo")
	if err := l.Start(Server, far); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = far.Process.Kill()
		_ = far.Wait()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	for try := 0; l.ask(4, time.Second) != ""; try++ {
		if try == 200 {
			t.Fatal("nobody echoes")
		}
		time.Sleep(20 * time.Millisecond)
	}
	return l
}

// ask lets the near end ask and gives what it said is wrong.
func (l *Link) ask(size int, wait time.Duration) string {
	var said bytes.Buffer
	near := exec.Command(os.Args[0])
	near.Env = append(os.Environ(), end+"=ask", "BADLINK_SIZE="+strconv.Itoa(size), "BADLINK_WAIT="+wait.String())
	near.Stdout = &said
	if err := l.Start(Client, near); err != nil {
		return err.Error()
	}
	if err := near.Wait(); err != nil {
		return strings.TrimSpace(said.String() + " ")
	}
	return ""
}

// TestLine: bytes go through whole, no faster than the line and no sooner than there and back; they are counted.
func TestLine(t *testing.T) {
	t.Parallel()
	l := line(t)
	const size = 100_000
	c := Conditions{Rate: 2_000_000, Trip: 100 * time.Millisecond, Queue: 1 << 20}
	l.Set(t.Context(), c)
	if wrong := l.ask(size, time.Minute); wrong != "" {
		t.Fatal(wrong)
	}
	count := l.Count()
	if least := time.Duration(size*8)*time.Second/time.Duration(c.Rate) + 2*c.Trip; count.Took < least {
		t.Errorf("it took %v, the line needs %v", count.Took, least)
	}
	if count.Up < size || count.Down < size || count.Up > size*13/10 || count.Held != count.Took {
		t.Errorf("counted %+v", count)
	}
}

// TestCuts: a cut ends connections by a reset, or lets them hang; what is opened afterwards works.
func TestCuts(t *testing.T) {
	t.Parallel()
	for cut, hangs := range map[string]bool{Reset: false, Hole: true} {
		t.Run(cut, func(t *testing.T) {
			t.Parallel()
			l := line(t)
			l.Set(t.Context(), Conditions{Rate: 400_000, Trip: 20 * time.Millisecond, Queue: 1 << 16, Every: 400 * time.Millisecond, For: 300 * time.Millisecond, Cut: cut})
			if wrong := l.ask(100_000, 3*time.Second); wrong == "" || strings.Contains(wrong, "timeout") != hangs {
				t.Errorf("%q, want to hang %v", wrong, hangs)
			}
			if count := l.Count(); count.Cuts == 0 || count.Held >= count.Took {
				t.Errorf("counted %+v", count)
			}
			l.Set(t.Context(), Conditions{})
			if wrong := l.ask(1000, time.Minute); wrong != "" {
				t.Errorf("afterwards: %s", wrong)
			}
		})
	}
}

// TestLoss: a line that loses everything connects nobody, and one that loses a little carries all in the end.
func TestLoss(t *testing.T) {
	t.Parallel()
	l := line(t)
	l.Set(t.Context(), Conditions{Loss: 1})
	if wrong := l.ask(4, 500*time.Millisecond); wrong == "" {
		t.Error("something went through")
	}
	l.Set(t.Context(), Conditions{Loss: 0.02})
	if wrong := l.ask(20_000, time.Minute); wrong != "" {
		t.Error(wrong)
	}
}

//go:build pcsc

package social

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

const holder = "BIANMIN_TEST_HOLDER"

// TestMain is also the program that holds a service.
func TestMain(m *testing.M) {
	if os.Getenv(holder) != "" {
		a, err := OpenApart(context.Background())
		if err == nil {
			err = a.Hang(true)
		}
		if err != nil {
			_, _ = os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		_, _ = os.Stdout.WriteString("hangs\n")
		select {}
	}
	os.Exit(m.Run())
}

// TestServiceEndsWithItsProgram: a program that is killed leaves no silent service behind, and the next finds none in its way.
func TestServiceEndsWithItsProgram(t *testing.T) {
	program := exec.Command(os.Args[0])
	program.Env = append(os.Environ(), holder+"=1")
	program.Stderr = os.Stderr
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "hangs\n" {
		t.Fatal(line, err)
	}
	_ = program.Process.Signal(syscall.SIGKILL)
	_ = program.Wait()
	for begun := time.Now(); listens(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) > 5*time.Second {
			t.Fatal("the service is still there")
		}
	}
	a, err := OpenApart(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(a.Insert(New()), a.Insert(nil), a.Close()); err != nil {
		t.Error(err)
	}
}

//go:build pcsc

package social_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/link/channel"
	"bianmin/drivers/link/pcsc"
	"bianmin/drivers/sim/social"
	driver "bianmin/drivers/social"
)

// virtual is where vpcd waits for a card.
const virtual = "127.0.0.1:35963"

// service starts the real PC/SC service with Debian's virtual reader.
func service(t *testing.T) (stop func()) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "pcscd", "--foreground")
	command.Stderr = os.Stderr
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		_ = command.Wait()
	})
	t.Cleanup(stop)
	until(t, "the virtual reader", func() bool { names, err := pcsc.Readers(); return err == nil && len(names) > 0 })
	return stop
}

func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for begun := time.Now(); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) > 20*time.Second {
			t.Fatal(what + " never came")
		}
	}
}

// insert puts a card in and gives the hand that pulls it.
func insert(t *testing.T, card *social.Card) (pull func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- card.Insert(ctx, virtual) }()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// connect waits until the service has seen the card.
func connect(t *testing.T) *pcsc.Card {
	t.Helper()
	var card *pcsc.Card
	until(t, "the card", func() (is bool) {
		var err error
		card, err = pcsc.Connect("Virtual PCD 00 00")
		return err == nil
	})
	return card
}

// TestService goes through the real service, library and virtual reader.
func TestService(t *testing.T) {
	if _, err := pcsc.Connect(""); !errors.Is(err, pcsc.ErrNoService) {
		t.Errorf("without the service: %v", err)
	}
	stop := service(t)
	reader := driver.New(driver.Options{Now: time.Now})
	if status, err := reader.Status(t.Context()); err != nil && drivers.FaultOf(err) != drivers.FaultAmbiguous || status.Role != drivers.RoleSocial {
		t.Errorf("Status = %+v, %v", status, err)
	}
	reader = driver.New(driver.Options{Name: "Virtual PCD 00 00", Now: time.Now})
	if status, err := reader.Status(t.Context()); err != nil || status.Condition != drivers.Online || status.Model != "Virtual PCD 00 00" {
		t.Errorf("Status = %+v, %v", status, err)
	}
	if _, err := reader.Read(t.Context()); !errors.Is(err, drivers.ErrNoCard) {
		t.Errorf("Read without a card = %v", err)
	}
	if _, err := pcsc.Connect("no such reader"); !errors.Is(err, channel.ErrUnplugged) {
		t.Errorf("another reader: %v", err)
	}
	if _, err := pcsc.Connect("Virtual PCD 00 00"); !errors.Is(err, pcsc.ErrNoCard) {
		t.Errorf("without a card: %v", err)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			card := social.New()
			c.make(card)
			pull := insert(t, card)
			connected := connect(t)
			got, err := driver.Read(t.Context(), connected)
			check(t, got, err, c.want, c.err)
			if _, err := reader.Read(t.Context()); drivers.FaultOf(err) != drivers.FaultBusy {
				t.Errorf("Read while another holds it = %v", err)
			}
			if _, err := pcsc.Connect("Virtual PCD 00 00"); !errors.Is(err, channel.ErrBusy) {
				t.Errorf("a second time: %v", err)
			}
			if err := connected.Close(); err != nil {
				t.Error(err)
			}
			got, err = reader.Read(t.Context())
			check(t, got, err, c.want, c.err)
			if fault := drivers.FaultOf(err); c.err != nil && fault != drivers.FaultCard {
				t.Errorf("fault %s", fault)
			}
			pull()
			until(t, "the empty reader", func() bool { _, err := pcsc.Connect("Virtual PCD 00 00"); return errors.Is(err, pcsc.ErrNoCard) })
		})
	}
	t.Run("pulled", func(t *testing.T) {
		pull := insert(t, social.New())
		connected := connect(t)
		pull()
		until(t, "the pull", func() bool {
			_, err := driver.Read(t.Context(), connected)
			return errors.Is(err, pcsc.ErrNoCard)
		})
		if err := connected.Close(); err != nil {
			t.Error(err)
		}
		if _, err := connected.Transmit(t.Context(), []byte{0, 0xA4, 0, 0}); !errors.Is(err, channel.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	})
	stop()
	if status, err := reader.Status(t.Context()); drivers.FaultOf(err) != drivers.FaultMissingTool || status.Condition != drivers.NoDevice {
		t.Errorf("Status after the service = %+v, %v", status, err)
	}
	if _, err := pcsc.Readers(); !errors.Is(err, pcsc.ErrNoService) {
		t.Errorf("after the service: %v", err)
	}
}

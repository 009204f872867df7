package idcard_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/idcard"
	"bianmin/drivers/sim/reader"
)

// Exchanges as published with the protocol (GA 450 and makers' manuals), byte for byte.
const (
	findAsked   = "> AA AA AA 96 69 00 03 20 01 22\n"
	findFound   = findAsked + "< AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97\n"
	findNothing = findAsked + "< AA AA AA 96 69 00 04 00 00 80 84\n"
	selectAsked = "> AA AA AA 96 69 00 03 20 02 21\n"
	selected    = selectAsked + "< AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C\n"
	readAsked   = "> AA AA AA 96 69 00 03 30 01 32\n"
	statusAsked = "> AA AA AA 96 69 00 03 11 FF ED\n"
	statusWell  = statusAsked + "< AA AA AA 96 69 00 04 00 00 90 94\n"
	numberAsked = "> AA AA AA 96 69 00 03 12 FF EE\n"
)

// answer is a reply without data.
func answer(sw1, sw2, sw3 byte) string {
	return fmt.Sprintf("< AA AA AA 96 69 00 04 %02X %02X %02X %02X\n", sw1, sw2, sw3, 4^sw1^sw2^sw3)
}

// play runs a driver against a recording, in virtual time, and checks that all of it was used.
func play(t *testing.T, recording string, run func(t *testing.T, r *idcard.Reader)) {
	t.Helper()
	steps, err := drivertest.ParseSteps(recording)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		r := idcard.New(drivertest.Play(steps), idcard.Options{Now: time.Now})
		run(t, r)
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestStatuses: every status of the reader at every step of a read becomes the right code for people.
func TestStatuses(t *testing.T) {
	// A card that fails is tried three times from the beginning.
	card := func(before, asked, said string) string {
		once := before + asked + said
		return once + once + once
	}
	for _, c := range []struct {
		sw3  byte
		want drivers.Fault
	}{
		{0x10, drivers.FaultProtocol},
		{0x11, drivers.FaultProtocol},
		{0x21, drivers.FaultProtocol},
		{0x24, drivers.FaultProtocol},
		{0x23, drivers.FaultDevice},
		{0x60, drivers.FaultDevice},
		{0x66, drivers.FaultDevice},
		{0x31, drivers.FaultCard},
		{0x32, drivers.FaultCard},
		{0x33, drivers.FaultCard},
		{0x37, drivers.FaultCard},
		{0x3F, drivers.FaultCard},
		{0x40, drivers.FaultCard},
		{0x41, drivers.FaultCard},
		{0x47, drivers.FaultCard},
		{0x81, drivers.FaultCard},
		{0x91, drivers.FaultCard},
		{0x7B, drivers.FaultProtocol}, // in no table
	} {
		said := answer(0, 0, c.sw3)
		for step, asked := range map[string][2]string{"find": {"", findAsked}, "select": {findFound, selectAsked}, "read": {findFound + selected, readAsked}} {
			recording := asked[0] + asked[1] + said
			switch c.want {
			case drivers.FaultCard:
				recording = card(asked[0], asked[1], said)
			case drivers.FaultDevice: // believed when it is said twice
				recording += asked[1] + said
			}
			if c.sw3 == 0x10 || c.sw3 == 0x11 { // the command was damaged on its way: it is given again
				recording += asked[1] + said
			}
			t.Run(fmt.Sprintf("%02X at %s", c.sw3, step), func(t *testing.T) {
				play(t, recording, func(t *testing.T, r *idcard.Reader) {
					_, err := r.Read(t.Context())
					var status *idcard.StatusError
					if drivers.FaultOf(err) != c.want || !errors.As(err, &status) || status.SW3 != c.sw3 {
						t.Errorf("Read = %v, want %s", err, c.want)
					}
				})
			})
		}
	}
}

// TestDamagedCommand: half a command of somebody who gave up spoils the next one; that is given again and nobody hears of it.
func TestDamagedCommand(t *testing.T) {
	for _, times := range []int{1, 2} {
		r, far := onPTY(t, reader.Options{})
		far.Place(card(t, "3"))
		far.Answer(reader.Find, 0x10, times)
		_, err := r.Read(t.Context())
		if times == 1 && err != nil || times == 2 && drivers.FaultOf(err) != drivers.FaultProtocol {
			t.Errorf("damaged %d times: %v", times, err)
		}
	}
}

// looks asks whether a card is there and expects these answers, one after the other.
func looks(want ...drivers.Presence) func(t *testing.T, r *idcard.Reader) {
	return func(t *testing.T, r *idcard.Reader) {
		for i, w := range want {
			if there, err := r.Present(t.Context()); err != nil || there != w {
				t.Errorf("look %d: %v, %v", i, there, err)
			}
		}
	}
}

// reads expects a read to end with this error.
func reads(want func(err error) bool) func(t *testing.T, r *idcard.Reader) {
	return func(t *testing.T, r *idcard.Reader) {
		if _, err := r.Read(t.Context()); !want(err) {
			t.Errorf("Read = %v", err)
		}
	}
}

// states expects each Status to be this, with an error of this fault.
func states(times int, condition drivers.Condition, serial string, fault drivers.Fault) func(t *testing.T, r *idcard.Reader) {
	return func(t *testing.T, r *idcard.Reader) {
		for range times {
			status, err := r.Status(t.Context())
			if status.Condition != condition || status.Serial != serial || drivers.FaultOf(err) != fault {
				t.Errorf("Status = %+v, %v", status, err)
			}
		}
	}
}

func TestPublishedExchanges(t *testing.T) {
	pulled := func(err error) bool { return drivers.FaultOf(err) == drivers.FaultCard }
	const number = numberAsked + "< AA AA AA 96 69 00 14 00 00 90 05 00 01 00 02 29 35 01 2A 00 00 00 01 00 00 00 B4\n"
	for _, c := range []struct {
		name, recording string
		run             func(t *testing.T, r *idcard.Reader)
	}{
		{"no card", findNothing, reads(func(err error) bool { return errors.Is(err, drivers.ErrNoCard) })},
		{"present", findFound + findNothing, looks(drivers.CardLies, drivers.CardGone)},
		{"found without the four zero bytes", findAsked + answer(0, 0, 0x9F), looks(drivers.CardLies)},
		{"moved between find and select", findFound + selectAsked + answer(0, 0, 0x81) + findNothing, reads(pulled)},
		{"card's own status beside the reader's", findFound + selected + readAsked + answer(0x69, 0x82, 0x41) + findNothing, reads(func(err error) bool {
			var status *idcard.StatusError
			return errors.As(err, &status) && status.SW1 == 0x69 && status.SW2 == 0x82 && pulled(err)
		})},
		{"a first byte lost, two doubled", findAsked + "< AA AA 96 69 00 04 00 00 80 84\n" + findAsked + "< AA AA AA AA AA 96 69 00 04 00 00 80 84\n", looks(drivers.CardGone, drivers.CardGone)},
		{"a late answer to something else comes first: asked again", findAsked + selected[len(selectAsked):] + findFound[len(findAsked):] + findFound, looks(drivers.CardLies)},
		{"status, the number asked for once", statusWell + number + statusWell, states(2, drivers.Online, "05.01-20261122-0000000042-1", drivers.FaultNone)},
		{"broken for one answer only", statusAsked + answer(0, 0, 0x60) + statusWell + numberAsked + answer(0, 0, 0x21), states(1, drivers.Offline, "", drivers.FaultProtocol)},
		{"broken", statusAsked + answer(0, 0, 0x60) + statusAsked + answer(0, 0, 0x60), states(1, drivers.HardwareError, "", drivers.FaultNone)},
	} {
		t.Run(c.name, func(t *testing.T) { play(t, c.recording, c.run) })
	}
}

package main

import (
	"errors"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"bianmin/drivers/sim/social"
	"bianmin/drivers/sim/stand"
	"bianmin/ui/theme"
)

// bench is a full bench and its window under the toolkit's test driver.
func bench(t *testing.T) (*stand.Stand, *window) {
	t.Helper()
	return benchIn(t, 1280)
}

// benchIn is bench where so many px are left of the display.
func benchIn(t *testing.T, room int) (*stand.Stand, *window) {
	t.Helper()
	s, err := stand.Open(t.Context(), stand.Options{Dir: t.TempDir(), Platform: "127.0.0.1:1", Document: true, Scanner: true, Code: true, Camera: true, Social: social.InMemory{Reader: &social.Reader{}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look(room))
	w := newWindow(t.Context(), s, func(bool) error { return nil })
	w.refresh()
	return s, w
}

// TestEveryFaultIsOneClickAway clicks each fault's button on and off and looks at the devices.
func TestEveryFaultIsOneClickAway(t *testing.T) {
	s, w := bench(t)
	clicked := map[string]bool{}
	for _, part := range w.parts {
		for _, b := range part.faults {
			test.Tap(b.button)
			if got := s.State().Faults; !slices.Equal(got, []string{b.fault.Name}) {
				t.Errorf("a click on %q left the faults %v, and the window says %q", b.button.Text, got, w.message.Text)
			}
			if w.faults.Text == wordsAllWell[0] || part.light.FillColor != theme.Colour(theme.BadText) || w.well.Disabled() {
				t.Errorf("%q is on, the window says %q", b.button.Text, w.faults.Text)
			}
			test.Tap(b.button)
			if got := s.State().Faults; len(got) > 0 || w.faults.Text != wordsAllWell[0] {
				t.Errorf("a second click on %q left the faults %v, and the window says %q %q", b.button.Text, got, w.faults.Text, w.message.Text)
			}
			clicked[b.fault.Name] = true
		}
	}
	for _, f := range stand.AllFaults() {
		if !clicked[f.Name] {
			t.Errorf("%s has no button in the window", f.Name)
		}
	}
}

// TestKeys presses each key of a fault, and the one that makes all well again.
func TestKeys(t *testing.T) {
	s, w := bench(t)
	for _, f := range stand.AllFaults() {
		if f.Key == "" {
			continue
		}
		w.key(fyne.KeyName(f.Key))
		if got := s.State().Faults; !slices.Contains(got, f.Name) {
			t.Errorf("key %s did not bring %s: %v", f.Key, f.Name, got)
		}
	}
	w.key(fyne.KeyEscape)
	if got := s.State().Faults; len(got) > 0 {
		t.Errorf("after Escape %v are on", got)
	}
	w.key("3")
	if got := s.State().CardOn; got == "" {
		t.Error("key 3 laid no card")
	}
	w.key(fyne.Key0)
	if got := s.State().CardOn; got != "" {
		t.Errorf("key 0 left card %s", got)
	}
}

// TestFits: in both languages nothing is clipped on the smallest displays it is made for.
func TestFits(t *testing.T) {
	for _, room := range []int{1280, 960} { // each as it opens: what is measured after a change of letters is of both
		_, w := benchIn(t, room)
		for range 2 {
			most := map[int]fyne.Size{960: {Width: 963, Height: 708}, 1280: {Width: 1280, Height: 740}}[room]
			if w.language == 1 { // beside a kiosk on the smallest display Chinese has room; English lies over the kiosk's edge
				most.Width = 1280
			}
			if size := w.content.MinSize(); size.Width > most.Width || size.Height > most.Height {
				t.Errorf("in language %d the window needs %v of %v", w.language, size, most)
			}
			for _, part := range w.parts {
				for _, b := range part.faults {
					if b.button.Text != keyed(b.fault)[w.language] {
						t.Errorf("%s is called %q", b.fault.Name, b.button.Text)
					}
				}
			}
			w.turnLanguage()
		}
	}
}

// TestOwnCode: without a receipt the code reader has nothing to read, and the window says so.
func TestOwnCode(t *testing.T) {
	_, w := bench(t)
	w.ownCode("code scan cr ")
	if want := wordsFailed[0] + wordsNoCode[0]; w.message.Text != want {
		t.Errorf("the window says %q, want %q", w.message.Text, want)
	}
}

// TestScannerSwitch: a click has the terminal scan with the camera, the next with the scanner again; what cannot be done is said.
func TestScannerSwitch(t *testing.T) {
	_, w := bench(t)
	var wanted []bool
	var fails error
	w.use = func(camera bool) error {
		wanted = append(wanted, camera)
		return fails
	}
	click := func() {
		test.Tap(w.switched)
		w.work.Wait()
	}
	click()
	if w.switched.Text != wordsUse[true][0] || w.switched.Disabled() {
		t.Errorf("with the camera the button says %q", w.switched.Text)
	}
	fails = errors.New("no room")
	click()
	if w.switched.Text != wordsUse[true][0] || w.message.Text != wordsFailed[0]+"no room" {
		t.Errorf("after a failure the button says %q, the window %q", w.switched.Text, w.message.Text)
	}
	fails = nil
	click()
	if w.switched.Text != wordsUse[false][0] || !slices.Equal(wanted, []bool{true, false, false}) {
		t.Errorf("the button says %q, and was asked for %v", w.switched.Text, wanted)
	}
}

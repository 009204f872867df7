package journey

import (
	"testing"
	"time"

	"bianmin/core/casefile"
)

// TestStepsAside: for another version a session ends where nobody is served, and nowhere else.
func TestStepsAside(t *testing.T) {
	set := loadCatalogue(t)
	for screen, free := range map[Screen]bool{Attract: true, OutOfService: true, Home: false, Guide: false, Question: false, Review: false, Staff: false, DeviceFault: false} {
		t.Run(string(screen), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, set)
				routes[screen](s)
				s.tap(Touch{}, StepAside{})
				s.on(screen) // somebody touched it just now
				s.wait(untouched + time.Second)
				s.tap(StepAside{})
				if !free {
					s.on(screen)
					return
				}
				if end := s.over(); end != Restart {
					t.Errorf("the session ended with %q", end)
				}
			})
		})
	}
}

// TestStaysBesideAnApplication: a begun application is somebody's, also while the terminal is out of service.
func TestStaysBesideAnApplication(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toReview()
		s.desk.ready.set(&casefile.Error{Code: casefile.DiskFull})
		s.desk.submitErr.set(&casefile.Error{Code: casefile.DiskFull})
		s.tap(name(), Onward{})
		s.on(OutOfService)
		s.wait(untouched + time.Second)
		s.tap(StepAside{})
		s.on(OutOfService)
	})
}

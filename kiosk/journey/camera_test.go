package journey

import (
	"context"
	"image"
	"testing"
)

// cameraScanner is a scanner that shows what lies before it.
type cameraScanner struct{ *fakeScanner }

func (cameraScanner) View(context.Context, func(image.Image)) error { return nil }

// TestUnderACamera: at a document camera people are told to lay the writing upwards, at a scanner downwards.
func TestUnderACamera(t *testing.T) {
	for name, camera := range map[string]bool{"scanner": false, "camera": true} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, loadCatalogue(t), func(o *Options) {
					if camera {
						o.Devices.Scanner = cameraScanner{&fakeScanner{}}
					}
				})
				s.toMaterials()
				if v := s.on(Materials).Materials; v.Camera != camera {
					t.Errorf("camera %v", v.Camera)
				}
			})
		})
	}
}

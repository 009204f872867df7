package desk

import (
	"context"
	"errors"
	"image"
	"strings"
	"testing"
	"time"

	"bianmin/drivers"
)

// fakeDecoder gives a picture or a fault after a while.
type fakeDecoder struct {
	err   error
	takes time.Duration
	saw   []byte
}

func (d *fakeDecoder) Decode(ctx context.Context, photo []byte) (image.Image, error) {
	d.saw = photo
	if !pause(ctx, d.takes) {
		return nil, ctx.Err()
	}
	if d.err != nil {
		return nil, d.err
	}
	return image.NewGray(image.Rect(0, 0, 102, 126)), nil
}

// TestFace: the photo is shown beside the person whose card it is; whatever is wrong with the decoder, everything else goes on, and
// nothing of the photo stays in the card, the draft or the log.
func TestFace(t *testing.T) {
	for name, c := range map[string]struct {
		decoder drivers.PhotoDecoder
		want    string // problem, "" for a picture
	}{
		"shown":      {&fakeDecoder{}, ""},
		"none":       {nil, "no-decoder"},
		"not there":  {&fakeDecoder{err: drivers.ErrNoDecoder}, "no-decoder"},
		"crashes":    {&fakeDecoder{err: errors.New("signal: killed")}, "failed"},
		"takes long": {&fakeDecoder{takes: 5 * time.Second, err: errors.New("it took longer than 5s")}, "failed"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, func(o *Options) { o.Photo = c.decoder })
				s.signOn("100001")
				card := principal()
				card.Photo = []byte(strings.Repeat("wltPHOTO", 128))
				photo := card.Photo
				s.reader.place(card)
				s.send(NewCase{}, ItemPick{Code: pension}, ReadCard{Into: "principal"})
				s.wait(time.Second)
				if v := s.on(Accept).Accept; v.Principal == nil || s.field("name").Value != principalName {
					t.Fatalf("the form waits for the photo: %+v", v.Principal)
				}
				s.wait(6 * time.Second)
				v := s.on(Accept).Accept.Principal
				if v.PhotoProblem != c.want || (c.want == "") != (len(v.Photo) > 0) {
					t.Errorf("problem %q, %d bytes", v.PhotoProblem, len(v.Photo))
				}
				if strings.Contains(string(photo), "wltPHOTO") {
					t.Error("the photo was not overwritten")
				}
				s.send(Go{Page: Today})
				s.wait(time.Minute)
				s.office.mu.Lock()
				defer s.office.mu.Unlock()
				if len(s.office.drafts["100001"]) != 1 {
					t.Errorf("%d drafts", len(s.office.drafts["100001"]))
				}
				for _, d := range s.office.drafts["100001"] {
					if strings.Contains(string(d.Content), `"Photo":"`) {
						t.Error("the photo is in the draft")
					}
				}
			})
		})
	}
}

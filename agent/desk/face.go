package desk

import (
	"bytes"
	"context"
	"errors"
	"image/png"

	"bianmin/core/identity"
	"bianmin/drivers"
)

// face is the picture of a card's photo, for comparing card and person. It lives with the page it was read on and stands in no draft.
type face struct {
	number  string // of the card
	png     []byte
	problem string // why there is no picture
}

// Why there is no picture.
const (
	faceNone      = "none"       // the card gave none
	faceNoDecoder = "no-decoder" // nothing is installed that makes pictures
	faceFailed    = "failed"     // what is installed does not
)

// showFace has a picture made of the photo of a card that was just read, and takes the photo out of the card. Everything else goes on meanwhile.
func (m *machine) showFace(a *accept, into string, card *identity.Card) {
	photo, number := card.Photo, card.Number
	card.Photo = nil
	delete(a.faces, into)
	if card.Kind == identity.Social {
		return
	}
	if len(photo) == 0 {
		a.faces[into] = face{number: number, problem: faceNone}
		return
	}
	if m.options.Photo == nil {
		clear(photo)
		a.faces[into] = face{number: number, problem: faceNoDecoder}
		return
	}
	decoder := m.options.Photo
	m.look(slot("face "+into), func(ctx context.Context, _ Book) then {
		defer clear(photo)
		picture, err := decoder.Decode(ctx, photo)
		seen := face{number: number}
		var made bytes.Buffer
		if err == nil {
			err = png.Encode(&made, picture)
		}
		switch {
		case errors.Is(err, drivers.ErrNoDecoder):
			seen.problem = faceNoDecoder
		case err != nil:
			seen.problem = faceFailed
		default:
			seen.png = made.Bytes()
		}
		return func(m *machine) {
			if seen.problem != "" {
				m.log.Warn("a card's photo is not shown", "why", seen.problem, "error", err)
			}
			if m.shift != nil && m.shift.accept == a {
				a.faces[into] = seen
			}
		}
	})
}

// faced adds the picture to a person's view.
func (a *accept) faced(into string, v *PersonView) *PersonView {
	if f, ok := a.faces[into]; ok && v != nil && f.number == v.Number {
		v.Photo, v.PhotoProblem = f.png, f.problem
	}
	return v
}

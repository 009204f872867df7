package readiness

import (
	"context"
	"errors"

	"bianmin/drivers/photo"
)

// photo looks at the decoder of cards' photos where the configuration names one.
func (l *look) photo(context.Context) {
	program := l.Settings.Photo.Decoder
	if program == "" {
		return
	}
	err := photo.Check(program)
	for _, known := range []struct {
		err  error
		code string
	}{
		{photo.ErrAbsent, "absent"}, {photo.ErrNoRights, "no-program"}, {photo.ErrOwner, "owner"}, {photo.ErrWritable, "writable"},
	} {
		if errors.Is(err, known.err) {
			l.say("photo", Fail, known.code, args{"path": program})
			return
		}
	}
	l.say("photo", OK, "ok", args{"path": program})
}

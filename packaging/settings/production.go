package settings

import (
	"errors"
	"log/slog"
	"path/filepath"

	"bianmin/sync/seal"
)

// Production is the environment, as an enrolment names it, in which cases count.
const Production = "production"

// ErrProduction says that nobody may look into what this machine does.
var ErrProduction = errors.New("this terminal is enrolled for production: it takes no journeys, pictures or probes")

// RefuseProduction gives ErrProduction for a machine that is enrolled for production. It opens no store.
func (s Settings) RefuseProduction() error {
	identity, err := seal.LoadPublic(filepath.Join(s.Data, "keys"))
	switch {
	case errors.Is(err, seal.ErrNotEnrolled):
		return nil
	case err != nil:
		return err
	case identity.Environment == Production:
		return ErrProduction
	}
	return nil
}

// Level reads the setting log; anything but a level's name is "info".
func (s Settings) Level() slog.Level {
	var l slog.Level
	if err := l.UnmarshalText([]byte(s.Log)); err != nil {
		return slog.LevelInfo
	}
	return l
}

// Package tongue says in which language a command speaks to the technician.
package tongue

import (
	"strings"

	"bianmin/core/text"
)

// Of is English where the technician's environment says so, else Chinese. env is os.Getenv.
func Of(env func(string) string) text.Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := env(name); value != "" {
			if strings.HasPrefix(value, "en") {
				return text.English
			}
			break
		}
	}
	return text.Chinese
}

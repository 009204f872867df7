// Package tongue says in which language a command speaks to the technician, or says it in both. It must not know what is said.
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

// Both gives words in Chinese and in English, in one line.
func Both(words *text.Catalog, key string, with map[string]any) string {
	return words.T(text.Chinese, key, with) + " / " + words.T(text.English, key, with)
}

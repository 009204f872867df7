package device

import (
	"sync"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/drivers"
)

// sayings are the words of everything, read when the first are needed.
var sayings = sync.OnceValues(func() (*text.Catalog, error) { return text.Load(assets.Words()) })

// say gives words in Chinese and English; "" where there are none.
func say(key string, args map[string]any) string {
	words, err := sayings()
	key = "provision.device." + key
	if err != nil || !words.Has(text.Chinese, key) {
		return ""
	}
	return words.T(text.Chinese, key, args) + " / " + words.T(text.English, key, args)
}

// wordsOf are the words for a fault of a device of a role; "" where there are none.
func wordsOf(role drivers.Role, fault drivers.Fault) string {
	if own := say("fault."+string(role)+"."+string(fault), nil); own != "" {
		return own
	}
	return say("fault."+string(fault), nil)
}

package text

import "strconv"

// Size is a number of bytes for people, in both languages: "0 KB", "700 KB", "2.0 MB". What is begun of a KB counts.
func Size(n int64) string {
	if n >= 1<<20 {
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
	}
	return strconv.FormatInt((n+1023)>>10, 10) + " KB"
}

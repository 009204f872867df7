package text

import (
	"fmt"
	"time"
)

// Date writes a day as people read it: 2026年11月22日, 22 November 2026.
func Date(lang Lang, t time.Time) string {
	if lang == Chinese {
		return fmt.Sprintf("%d年%d月%d日", t.Year(), int(t.Month()), t.Day())
	}
	return t.Format("2 January 2006")
}

// ShortDate writes a day without its year: 11月22日, 22 Nov.
func ShortDate(lang Lang, t time.Time) string {
	if lang == Chinese {
		return fmt.Sprintf("%d月%d日", int(t.Month()), t.Day())
	}
	return t.Format("2 Jan")
}

// Clock writes the time of day on the twelve-hour clock: 上午 9:42, 9:42 am.
func Clock(lang Lang, t time.Time) string {
	if lang != Chinese {
		return t.Format("3:04 pm")
	}
	part := "上午"
	switch hour := t.Hour(); {
	case hour < 5:
		part = "凌晨"
	case hour >= 12 && hour < 14:
		part = "中午"
	case hour >= 14 && hour < 18:
		part = "下午"
	case hour >= 18:
		part = "晚上"
	}
	return part + " " + t.Format("3:04")
}

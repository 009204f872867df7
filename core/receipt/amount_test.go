package receipt_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bianmin/core/receipt"
)

func TestCapital(t *testing.T) {
	for fen, want := range map[int64]string{
		0: "零元整", 1: "壹分", 10: "壹角整", 15: "壹角伍分", 100: "壹元整", 105: "壹元零伍分", 150: "壹元伍角整", 12345: "壹佰贰拾叁元肆角伍分",
		100500: "壹仟零伍元整", 101000: "壹仟零壹拾元整", 1000000: "壹万元整", 1000100: "壹万零壹元整", 1002000: "壹万零贰拾元整", 1100000: "壹万壹仟元整",
		10203040: "壹拾万贰仟零叁拾元肆角整", 10000000000: "壹亿元整", 10000000100: "壹亿零壹元整", 10001000000: "壹亿零壹万元整", 12000000000000: "壹仟贰佰亿元整",
		1000000000000: "壹佰亿元整", 100000000000000: "壹万亿元整", 100000001000000: "壹万亿零壹万元整", -5: "负伍分", -12300: "负壹佰贰拾叁元整", 160932: "壹仟陆佰零玖元叁角贰分", 10700053: "壹拾万柒仟元伍角叁分",
	} {
		if got := receipt.Capital(fen); got != want {
			t.Errorf("%d fen: %s, want %s", fen, got, want)
		}
	}
}

// TestCapitalReadsBack: the words give the amount again, and no two 零 stand together.
func TestCapitalReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fen := rapid.OneOf(rapid.Int64Range(-1_000_000_000_000_00, 1_000_000_000_000_00), rapid.Int64Range(-10_000_00, 10_000_00)).Draw(t, "fen")
		words := receipt.Capital(fen)
		if got := readCapital(words); got != fen {
			t.Fatalf("%d reads as %d: %s", fen, got, words)
		}
		if strings.Contains(words, "零零") || strings.HasPrefix(words, "零") && fen != 0 {
			t.Fatalf("%d: %s", fen, words)
		}
	})
}

// readCapital reads what a person would read, by a way of its own.
func readCapital(words string) int64 {
	digits := map[rune]int64{'零': 0, '壹': 1, '贰': 2, '叁': 3, '肆': 4, '伍': 5, '陆': 6, '柒': 7, '捌': 8, '玖': 9}
	tens := map[rune]int64{'拾': 10, '佰': 100, '仟': 1000}
	var all, high, group, digit int64
	sign := int64(1)
	for _, r := range words {
		if d, ok := digits[r]; ok {
			digit = d
			continue
		}
		if ten, ok := tens[r]; ok {
			group, digit = group+digit*ten, 0
			continue
		}
		switch r {
		case '负':
			sign = -1
		case '万':
			high, group, digit = high+(group+digit)*10000, 0, 0
		case '亿':
			high, group, digit = (high+group+digit)*100000000, 0, 0
		case '元':
			all, group, digit, high = (high+group+digit)*100, 0, 0, 0
		case '角':
			all, digit = all+digit*10, 0
		case '分':
			all, digit = all+digit, 0
		}
	}
	return sign * all
}

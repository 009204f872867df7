package receipt

import (
	"fmt"
	"strings"
)

// Yuan writes an amount in integer fen with two decimals: 123.45, -0.05.
func Yuan(fen int64) string {
	sign, n := "", uint64(fen)
	if fen < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

const capitals = "零壹贰叁肆伍陆柒捌玖"

// Capital writes an amount in integer fen as a receipt must have it, in Chinese
// capital numerals (正确填写票据和结算凭证的基本规定): 壹佰贰拾叁元肆角伍分, 壹仟零伍元整. A negative amount begins with 负.
func Capital(fen int64) string {
	sign, n := "", uint64(fen)
	if fen < 0 {
		sign, n = "负", -n
	}
	if n == 0 {
		return "零元整"
	}
	digits := []rune(capitals)
	yuan, jiao, rest := n/100, n/10%10, n%10
	var b strings.Builder
	b.WriteString(sign)
	if yuan > 0 {
		b.WriteString(capitalYuan(yuan, digits) + "元")
	}
	if yuan > 0 && rest > 0 && jiao == 0 {
		b.WriteRune(digits[0])
	}
	if jiao > 0 {
		b.WriteString(string(digits[jiao]) + "角")
	}
	if rest > 0 {
		return b.String() + string(digits[rest]) + "分"
	}
	return b.String() + "整"
}

// capitalYuan writes a number above zero in groups of four digits; a gap of zeros is one 零.
func capitalYuan(n uint64, digits []rune) string {
	units := []string{"", "万", "亿", "万亿", "亿亿"}
	var groups []uint64
	for ; n > 0; n /= 10000 {
		groups = append(groups, n%10000)
	}
	var b strings.Builder
	gap := false
	for i := len(groups) - 1; i >= 0; i-- {
		group := groups[i]
		if group == 0 {
			gap = true
			continue
		}
		if b.Len() > 0 && (gap || group < 1000) {
			b.WriteRune(digits[0])
		}
		b.WriteString(capitalGroup(group, digits) + units[i])
		gap = false
	}
	return b.String()
}

func capitalGroup(n uint64, digits []rune) string {
	var b strings.Builder
	gap := false
	for i, unit := range []string{"仟", "佰", "拾", ""} {
		digit := n / []uint64{1000, 100, 10, 1}[i] % 10
		if digit == 0 {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteRune(digits[0])
		}
		b.WriteString(string(digits[digit]) + unit)
		gap = false
	}
	return b.String()
}

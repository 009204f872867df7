package release

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
)

// shape of a version: numbers with dots, then perhaps what comes before ("~rc1") or after ("+1") them. It is also the name of a folder.
var shape = regexp.MustCompile(`^[0-9]{1,18}(\.[0-9]{1,18}){0,3}([~+][0-9A-Za-z.]{1,40})?$`)

// ValidVersion tells whether a version can be published, and be the name of a folder.
func ValidVersion(version string) bool {
	return shape.MatchString(version) && !strings.HasSuffix(version, ".")
}

// Compare orders two valid versions as Debian does: 1.2~rc1 < 1.2 < 1.2+1 < 1.10.
func Compare(a, b string) int {
	headA, tailA := halves(a)
	headB, tailB := halves(b)
	if c := compareParts(headA, headB); c != 0 {
		return c
	}
	if c := cmp.Compare(rank(tailA), rank(tailB)); c != 0 || tailA == "" {
		return c
	}
	return compareParts(tailA[1:], tailB[1:])
}

func halves(version string) (head, tail string) {
	if i := strings.IndexAny(version, "~+"); i >= 0 {
		return version[:i], version[i:]
	}
	return version, ""
}

func rank(tail string) int {
	switch {
	case tail == "":
		return 0
	case tail[0] == '~':
		return -1
	}
	return 1
}

func compareParts(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		if c := comparePart(part(as, i), part(bs, i)); c != 0 {
			return c
		}
	}
	return 0
}

func part(parts []string, i int) string {
	if i < len(parts) {
		return parts[i]
	}
	return "0"
}

// comparePart compares numbers as numbers and puts words behind them.
func comparePart(a, b string) int {
	x, errX := strconv.ParseUint(a, 10, 64)
	y, errY := strconv.ParseUint(b, 10, 64)
	switch {
	case errX == nil && errY == nil:
		return cmp.Compare(x, y)
	case errX == nil:
		return -1
	case errY == nil:
		return 1
	}
	return strings.Compare(a, b)
}

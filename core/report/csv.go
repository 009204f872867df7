package report

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// mark is the UTF-8 byte order mark, by which spreadsheet programs know the encoding.
const mark = "\ufeff"

// WriteCSV writes rows as spreadsheet programs open them rightly: UTF-8 with byte order mark, CRLF, RFC 4180
// quoting. No cell is taken for a formula, and no cell of digits loses its leading zeros or its last places.
func WriteCSV(out io.Writer, rows [][]string) error {
	buffered := bufio.NewWriter(out)
	if _, err := buffered.WriteString(mark); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	w := csv.NewWriter(buffered)
	w.UseCRLF = true
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = Cell(cell)
		}
		if err := w.Write(cells); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// longNumber is the least count of digits that a spreadsheet rounds or shows with an exponent.
const longNumber = 12

// Cell makes a cell safe for spreadsheet programs. A leading apostrophe marks as text what would be taken for a
// formula (it begins with = + - @, a tab or a line end, blanks aside) and what would be changed as a number (many digits,
// a leading zero). A plain amount such as -12.50 stays a number. Line ends become single LF, other control characters vanish.
func Cell(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7F {
			return -1
		}
		return r
	}, s)
	if dangerous(s) || spoiled(s) {
		s = "'" + s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

func dangerous(s string) bool {
	if strings.ContainsAny(s[:min(1, len(s))], "\t\r\n") {
		return true
	}
	rest := strings.TrimLeft(s, " \u3000\u00a0")
	if rest == "" || amount(rest) {
		return false
	}
	for _, sign := range []string{"=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"} {
		if strings.HasPrefix(rest, sign) {
			return true
		}
	}
	return false
}

// amount tells whether s is a plain negative number, which is no formula.
func amount(s string) bool {
	rest, negative := strings.CutPrefix(s, "-")
	whole, part, _ := strings.Cut(rest, ".")
	return negative && whole != "" && len(rest) < longNumber && strings.Trim(whole+part, "0123456789") == ""
}

// spoiled tells whether a spreadsheet would change s: it takes it for a number and loses places.
func spoiled(s string) bool {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return false
	}
	return len(s) >= longNumber || len(s) > 1 && s[0] == '0'
}

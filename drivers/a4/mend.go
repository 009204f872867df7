package a4

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"unicode/utf16"
)

var errOwnPDF = errors.New("the PDF library's file is not as expected")

var (
	wideRune = regexp.MustCompile(`<([0-9A-F]{4})><([0-9A-F]{4})><([0-9A-F]{5,6})>`)
	length   = regexp.MustCompile(`/Length \d+`)
	entry    = regexp.MustCompile(`(\d{10}) 00000 n `)
)

// mend writes the rare characters in the PDF's own text table as UTF-16, as the format wants it. The library
// writes their code points, so that a person who searches the file for a rare name would not find it; the print is right either way.
func mend(pdf []byte) ([]byte, error) {
	table := bytes.LastIndex(pdf, []byte("xref\n0 "))
	if table > 0 && bytes.HasPrefix(pdf[table-5:], []byte("startxref")) {
		table = bytes.LastIndex(pdf[:table-5], []byte("xref\n0 "))
	}
	if table < 0 {
		return nil, errOwnPDF
	}
	var starts []int
	for _, m := range entry.FindAllSubmatch(pdf[table:], -1) {
		n, err := strconv.Atoi(string(m[1]))
		if err != nil || n >= table {
			return nil, errOwnPDF
		}
		starts = append(starts, n)
	}
	if len(starts) == 0 {
		return nil, errOwnPDF
	}
	var out bytes.Buffer
	out.Write(pdf[:starts[0]])
	moved := make([]int, len(starts))
	for i, start := range starts {
		end := table
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		if end < start {
			return nil, errOwnPDF
		}
		moved[i] = out.Len()
		out.Write(mendTable(pdf[start:end]))
	}
	at := out.Len()
	i := 0
	tail := entry.ReplaceAllFunc(pdf[table:], func([]byte) []byte {
		i++
		return fmt.Appendf(nil, "%010d 00000 n ", moved[i-1])
	})
	old := fmt.Appendf(nil, "startxref\n%d", table)
	if !bytes.Contains(tail, old) {
		return nil, errOwnPDF
	}
	out.Write(bytes.Replace(tail, old, fmt.Appendf(nil, "startxref\n%d", at), 1))
	return out.Bytes(), nil
}

// mendTable changes an object only when it is a text table with rare characters.
func mendTable(object []byte) []byte {
	begin := bytes.Index(object, []byte("stream\n/CIDInit"))
	if begin < 0 || !wideRune.Match(object) {
		return object
	}
	before := len(object)
	object = wideRune.ReplaceAllFunc(object, func(m []byte) []byte {
		part := wideRune.FindSubmatch(m)
		code, err := strconv.ParseUint(string(part[3]), 16, 32)
		if err != nil {
			return m
		}
		high, low := utf16.EncodeRune(rune(code))
		return fmt.Appendf(nil, "<%s><%s><%04X%04X>", part[1], part[2], high, low)
	})
	grown := len(object) - before
	return length.ReplaceAllFunc(object, func(m []byte) []byte {
		n, err := strconv.Atoi(string(m[len("/Length "):]))
		if err != nil {
			return m
		}
		return fmt.Appendf(nil, "/Length %d", n+grown)
	})
}

package barcode

import "bytes"

// The input report of the HID point-of-sale class' bar code readers (usage page 0x8C, "Scanned Data Report"), as makers send
// it: a report number where the descriptor has one, the length, the AIM identifier, the data, the maker's own symbology, a
// reserved byte and a byte whose lowest bit says that more follows. With the number 64 bytes.
const (
	posData     = 56 // bytes of data in one report
	posHead     = 1 + 3
	posTail     = 3
	posSize     = posHead + posData + posTail // without the report's number
	posMore     = 1
	posIDNumber = 2 // the report's number where there is one
)

// assembler puts the reports of one code together.
type assembler struct {
	symbology string
	data      []byte
	begun     bool // a report has come, and more are to follow
}

// report takes one input report and gives the code that it ends; ok is false where more is to follow. A report that makes no
// sense ends the code that was coming in.
func (a *assembler) report(report []byte) (code Code, ok bool, err error) {
	defer func() {
		if ok || err != nil {
			*a = assembler{}
		}
	}()
	body, err := posBody(report)
	if err != nil {
		return Code{}, false, err
	}
	if symbology, rest := identifier(body[1:posHead]); len(rest) == 0 && a.symbology == "" {
		a.symbology = symbology
	}
	a.data = append(a.data, body[posHead:posHead+int(body[0])]...)
	switch {
	case len(a.data) > longest:
		return Code{}, false, ErrTooLong
	case body[posSize-1]&posMore != 0:
		a.begun = true
		return Code{}, false, nil
	}
	code, err = decode(a.data)
	if code.Symbology == "" {
		code.Symbology = a.symbology
	}
	return code, err == nil, err
}

// posBody finds the length in a report, which some makers shift by one: the AIM identifier tells, and where there is none the
// report's size.
func posBody(report []byte) ([]byte, error) {
	for _, at := range posOffsets(report) {
		body := report[at:]
		if len(body) < posSize {
			body = append(bytes.Clone(body), make([]byte, posSize-len(body))...)
		}
		body = body[:posSize]
		if int(body[0]) <= posData {
			return body, nil
		}
	}
	return nil, ErrReport
}

// posOffsets are where the length may be, the likeliest first.
func posOffsets(report []byte) []int {
	const least = posHead + 1
	if len(report) < least {
		return nil
	}
	for at := range 3 {
		if len(report) > at+1 && report[at+1] == ']' {
			return []int{at}
		}
	}
	if report[0] == posIDNumber && len(report) > posSize {
		return []int{1}
	}
	return []int{0, 1}
}

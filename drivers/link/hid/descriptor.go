package hid

import "encoding/binary"

// item is a short item of a report descriptor (HID 1.11, 6.2.2): its kind is its first byte without the size.
type item struct {
	kind byte
	data uint32
}

// Kinds of items that are looked at.
const (
	usagePage, reportSize, reportNumber, reportCount = 0x04, 0x74, 0x84, 0x94
	input, output, feature                           = 0x80, 0x90, 0xB0
)

// items goes through a report descriptor until it ends, makes no sense, or see says that it is enough.
func items(descriptor []byte, see func(item) bool) {
	const long = 0xFE
	for at := 0; at < len(descriptor); {
		prefix := descriptor[at]
		if prefix == long { // its data's size comes next, then its tag
			if at+1 >= len(descriptor) {
				return
			}
			at += 3 + int(descriptor[at+1])
			continue
		}
		size := int(prefix & 3)
		if size == 3 {
			size = 4
		}
		if at+1+size > len(descriptor) {
			return
		}
		data := make([]byte, 4)
		copy(data, descriptor[at+1:at+1+size])
		if !see(item{kind: prefix & 0xFC, data: binary.LittleEndian.Uint32(data)}) {
			return
		}
		at += 1 + size
	}
}

// Names tells whether a report descriptor names a usage page.
func Names(descriptor []byte, page uint16) (found bool) {
	items(descriptor, func(i item) bool {
		found = i.kind == usagePage && i.data == uint32(page)
		return !found
	})
	return found
}

// HasFeature tells whether a report descriptor names a feature report of that number.
func HasFeature(descriptor []byte, number byte) (found bool) {
	now := byte(0)
	items(descriptor, func(i item) bool {
		switch i.kind {
		case reportNumber:
			now = byte(i.data) // #nosec G115 -- one byte in every descriptor that means something
		case feature:
			found = now == number
		}
		return !found
	})
	return found
}

// form is how a device's reports are: the first output report's number and size in bytes without the number, and whether
// its reports have numbers at all.
type form struct {
	number   byte
	size     int
	numbered bool
}

// formOf reads it out of a report descriptor; the size is 0 where nothing can be sent.
func formOf(descriptor []byte) (f form) {
	var size, count uint32
	bits, number, first := map[byte]uint64{}, byte(0), -1
	items(descriptor, func(i item) bool {
		switch i.kind {
		case reportSize:
			size = i.data
		case reportCount:
			count = i.data
		case reportNumber:
			number, f.numbered = byte(i.data), true // #nosec G115 -- one byte in every descriptor that means something
		case output:
			bits[number] += uint64(size) * uint64(count)
			if first < 0 {
				first = int(number)
			}
		}
		return true
	})
	if first >= 0 {
		f.number = byte(first)                                   // #nosec G115 -- it was one
		f.size = int(min((bits[f.number]+7)/8, longestReport-1)) // #nosec G115 -- bounded
	}
	return f
}

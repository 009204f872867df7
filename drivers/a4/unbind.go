package a4

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"regexp"
	"strconv"
)

// ErrDocument means that a PDF is none that Bind has made.
var ErrDocument = errors.New("not a document of scanned pages")

// object is a part of a PDF: what is said of it, and its bytes.
type object struct {
	says  []byte
	bytes []byte
}

var (
	objectBegin = regexp.MustCompile(`(?m)^(\d{1,6}) 0 obj$`)
	lengthSaid  = regexp.MustCompile(`/Length (\d{1,10})\b`)
	drawn       = regexp.MustCompile(`/I(\d{1,6}) Do\b`)
	numberSaid  = map[string]*regexp.Regexp{}
)

func init() {
	for _, name := range []string{"Width", "Height", "BitsPerComponent"} {
		numberSaid[name] = regexp.MustCompile(`/` + name + ` (\d{1,5})\b`)
	}
}

// Unbind gives the pictures of a document that Bind has made, page by page: a JPEG as it went in, any other as a PNG.
func Unbind(pdf []byte) ([][]byte, error) {
	objects, order, err := objectsOf(pdf)
	if err != nil {
		return nil, err
	}
	var pages [][]byte
	for _, number := range order {
		o := objects[number]
		if bytes.Contains(o.says, []byte("/Subtype /Image")) {
			continue
		}
		for _, named := range drawn.FindAllSubmatch(o.bytes, -1) {
			picture, err := objects[string(named[1])].picture()
			if err != nil {
				return nil, err
			}
			if pages = append(pages, picture); len(pages) > mostPages {
				return nil, ErrNoPages
			}
		}
	}
	if len(pages) == 0 {
		return nil, ErrDocument
	}
	return pages, nil
}

// objectsOf finds the parts by their numbers. The bytes of one are stepped over by their length, whatever they hold.
func objectsOf(pdf []byte) (objects map[string]object, order []string, err error) {
	objects = map[string]object{}
	for rest := pdf; ; {
		at := objectBegin.FindSubmatchIndex(rest)
		if at == nil {
			return objects, order, nil
		}
		number := string(rest[at[2]:at[3]])
		rest = rest[at[1]:]
		end, stream := bytes.Index(rest, []byte("endobj")), bytes.Index(rest, []byte("stream\n"))
		if stream < 0 || end >= 0 && end < stream {
			continue
		}
		o := object{says: rest[:stream]}
		rest = rest[stream+len("stream\n"):]
		said := lengthSaid.FindSubmatch(o.says)
		if said == nil {
			return nil, nil, ErrDocument
		}
		length, err := strconv.Atoi(string(said[1]))
		if err != nil || length > len(rest) {
			return nil, nil, ErrDocument
		}
		o.bytes, rest = rest[:length], rest[length:]
		objects[number], order = o, append(order, number)
	}
}

func (o object) number(name string) uint32 {
	said := numberSaid[name].FindSubmatch(o.says)
	if said == nil {
		return 0
	}
	n, _ := strconv.ParseUint(string(said[1]), 10, 32) // five digits
	return uint32(n)                                   // #nosec G115 -- five digits
}

// picture is an object's picture as a file.
func (o object) picture() ([]byte, error) {
	switch {
	case bytes.Contains(o.says, []byte("/Filter /DCTDecode")):
		return bytes.Clone(o.bytes), nil
	case !bytes.Contains(o.says, []byte("/Filter /FlateDecode")) || !bytes.Contains(o.says, []byte("/Predictor 15")) || o.number("BitsPerComponent") != 8:
		return nil, fmt.Errorf("%w: a picture of another kind", ErrDocument)
	}
	kind := byte(0) // grey
	if bytes.Contains(o.says, []byte("/DeviceRGB")) {
		kind = 2
	}
	// A PNG's rows stand in a PDF as they are.
	out := bytes.NewBufferString("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32(nil, o.number("Width"))
	head = binary.BigEndian.AppendUint32(head, o.number("Height"))
	chunk(out, "IHDR", append(head, 8, kind, 0, 0, 0))
	chunk(out, "IDAT", o.bytes)
	chunk(out, "IEND", nil)
	return out.Bytes(), nil
}

func chunk(out *bytes.Buffer, name string, data []byte) {
	sum := crc32.NewIEEE()
	_, _ = sum.Write([]byte(name)) // a sum never fails
	_, _ = sum.Write(data)
	_ = binary.Write(out, binary.BigEndian, uint32(len(data))) // #nosec G115 -- into memory; a page's bytes
	out.WriteString(name)
	out.Write(data)
	_ = binary.Write(out, binary.BigEndian, sum.Sum32())
}

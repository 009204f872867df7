package receipt

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bianmin/core/casefile"
)

func sampleCode() Code {
	c := Code{
		Case: "QH0301A-261122-0042-X",
		Item: "11630000MB1234567X4000105001000",
		Time: time.Date(2026, 11, 22, 9, 42, 5, 0, time.UTC),
		Certificate: Certificate{
			Terminal: "QH0301", Generation: "A",
			NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
			NotAfter:  time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC),
		},
	}
	for i := range c.Digest {
		c.Digest[i] = byte(i * 7)
	}
	for i := range c.Signature {
		c.Signature[i], c.Certificate.Signature[i] = byte(i*5), byte(255-i)
	}
	c.Certificate.Key[0] = 2
	return c
}

// The vectors of RFC 9285, sections 4.3 and 4.4.
func TestBase45Vectors(t *testing.T) {
	for plain, coded := range map[string]string{
		"AB": "BB8", "Hello!!": "%69 VD92EX0", "base-45": "UJCLQE7W581", "ietf!": "QED8WEX0", "": "",
	} {
		if got := encodeBase45([]byte(plain)); got != coded {
			t.Errorf("encode %q = %q, want %q", plain, got, coded)
		}
		if got, err := decodeBase45(coded); err != nil || string(got) != plain {
			t.Errorf("decode %q = %q, %v", coded, got, err)
		}
	}
	for _, bad := range []string{"GGW", ":::", "::", "A", "ABCD", "ab8", "B\x00B"} {
		if got, err := decodeBase45(bad); err == nil {
			t.Errorf("decode %q = %x, want an error", bad, got)
		}
	}
}

func TestBase45RoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SliceOf(rapid.Byte()).Draw(t, "in")
		out, err := decodeBase45(encodeBase45(in))
		if err != nil || !bytes.Equal(in, out) {
			t.Fatalf("%x came back as %x, %v", in, out, err)
		}
	})
}

func TestCodeRoundTrip(t *testing.T) {
	want := sampleCode()
	text, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Trim(text, base45Set) != "" {
		t.Errorf("%q leaves the QR alphanumeric set", text)
	}
	got, err := DecodeCode(text)
	if err != nil || got != want {
		t.Fatalf("decoded %+v, %v; want %+v", got, err, want)
	}
	a, err := want.SignedBytes()
	if err != nil {
		t.Fatal(err)
	}
	b, err := got.SignedBytes()
	if err != nil || !bytes.Equal(a, b) {
		t.Fatalf("signed bytes differ after the round trip: %v", err)
	}
	var c Certificate
	der, err := want.Certificate.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.UnmarshalBinary(der); err != nil || c != want.Certificate {
		t.Fatalf("certificate came back as %+v, %v", c, err)
	}
}

// Every signed field changes the signed bytes; no two fields can trade bytes.
func TestSignedBytesCoverEveryField(t *testing.T) {
	base := sampleCode()
	plain, err := base.SignedBytes()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Code){
		"case":   func(c *Code) { c.Case = "QH0301A-261122-0043-X" },
		"item":   func(c *Code) { c.Item += "1" },
		"time":   func(c *Code) { c.Time = c.Time.Add(time.Second) },
		"digest": func(c *Code) { c.Digest[31] ^= 1 },
		"border": func(c *Code) { c.Case += "1"; c.Item = c.Item[1:] },
	} {
		c := base
		change(&c)
		if got, err := c.SignedBytes(); err != nil || bytes.Equal(got, plain) {
			t.Errorf("%s: same signed bytes (%v)", name, err)
		}
	}
	cert := base.Certificate
	before, _ := cert.SignedBytes()
	cert.Terminal, cert.Generation = "QH030", "1A"
	if after, err := cert.SignedBytes(); err != nil || bytes.Equal(before, after) {
		t.Errorf("terminal and generation can trade bytes (%v)", err)
	}
}

func TestCodeRefuses(t *testing.T) {
	good, err := sampleCode().Encode()
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := decodeBase45(good[len(CodePrefix):])
	newer := bytes.Clone(raw)
	newer[0] = 9
	other := bytes.Replace(raw, []byte("QH0301A"), []byte("QH0302A"), 1)
	control := bytes.Replace(raw, []byte("QH0301A-"), []byte("QH0301A\x1b"), 1)
	for name, text := range map[string]string{
		"empty": "", "other text": "HTTPS://EXAMPLE.CN", "prefix only": CodePrefix,
		"lower case": strings.ToLower(good), "cut short": good[:len(good)-3], "one too many": good + "BB8",
		"newer version": CodePrefix + encodeBase45(newer), "other terminal": CodePrefix + encodeBase45(other),
		"control byte": CodePrefix + encodeBase45(control),
		"huge":         CodePrefix + encodeBase45(make([]byte, MaxCode+1)),
	} {
		if _, err := DecodeCode(text); !errors.Is(err, ErrCode) {
			t.Errorf("%s: %v, want ErrCode", name, err)
		}
	}
	for name, change := range map[string]func(*Code){
		"no item": func(c *Code) { c.Item = "" }, "long item": func(c *Code) { c.Item = strings.Repeat("1", 120) },
		"control in case": func(c *Code) { c.Case += "\n" }, "other generation": func(c *Code) { c.Case = casefile.Number("QH0301B-1") },
		"no time": func(c *Code) { c.Time = time.Time{} }, "far future": func(c *Code) { c.Certificate.NotAfter = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC) },
	} {
		c := sampleCode()
		change(&c)
		if text, err := c.Encode(); !errors.Is(err, ErrCode) {
			t.Errorf("%s: %q, %v, want ErrCode", name, text, err)
		}
	}
}

func TestCodeFitsTheBudget(t *testing.T) {
	c := sampleCode()
	text, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := decodeBase45(text[len(CodePrefix):])
	if len(raw) > 280 {
		t.Errorf("a usual code takes %d bytes, which leaves too little of %d for longer item codes", len(raw), MaxCode)
	}
}

func FuzzDecodeCode(f *testing.F) {
	good, err := sampleCode().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(CodePrefix)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := DecodeCode(text)
		if err != nil {
			return
		}
		again, err := c.Encode()
		if err != nil || again != text {
			t.Fatalf("%q decodes, but encodes to %q, %v", text, again, err)
		}
	})
}

package channel

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strconv"
	"testing"

	"github.com/emmansun/gmsm/sm2"

	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// FuzzAnswer: whatever answers, with whatever status, headers and body, only what the platform signed in a known version means
// anything; everything else is a stranger, a problem, or a newer platform, has a name, and asks for no endless wait.
func FuzzAnswer(f *testing.F) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	other, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(200, wire.TypeJSON, "", []byte(`{"version":1,"kind":"acknowledgement","packet":"0f","time":"2026-11-27T00:00:00Z"}`), byte(1))
	f.Add(200, wire.TypeJSON, "", []byte(`{"version":2,"kind":"acknowledgement"}`), byte(1))
	f.Add(422, wire.TypeJSON, "", []byte(`{"version":1,"kind":"refusal","code":"rule","reason":"x","speaks":{"packets":[1]}}`), byte(2))
	f.Add(503, wire.TypeProblem, "3600", []byte(`{"code":"busy","reason":""}`), byte(0))
	f.Add(429, "text/html", "Fri, 27 Nov 2099 00:00:00 GMT", []byte("<html>"), byte(0))
	f.Add(302, "", "-5", []byte{}, byte(0))
	f.Add(204, "", "", []byte{}, byte(3))
	f.Fuzz(func(t *testing.T, status int, kind, wait string, body []byte, signed byte) {
		if len(body) == 0 && signed%4 != 0 {
			return // nobody signs nothing
		}
		header := http.Header{"Content-Type": {kind}, "Retry-After": {wait}, "Date": {"Fri, 27 Nov 2026 00:00:00 GMT"}}
		signer := map[byte]*sm2.PrivateKey{1: key, 2: other}[signed%4]
		switch {
		case signer != nil:
			signature, err := seal.Sign(signer, body)
			if err != nil {
				t.Fatal(err)
			}
			header.Set(wire.HeaderSignature, base64.StdEncoding.EncodeToString(signature))
		case signed%4 == 3:
			header.Set(wire.HeaderSignature, base64.StdEncoding.EncodeToString(body)) // the platform's own bytes, as they come
		}
		response := &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewReader(body))}
		answer, err := ReadSigned(response, seal.Signers{&key.PublicKey})
		if err == nil {
			if signer != key || answer.Version != wire.Version || !bytes.Equal(answer.Body, body) {
				t.Fatalf("believed: %+v", answer)
			}
			evidence, err := answer.Evidence()
			if err != nil {
				t.Fatal(err)
			}
			if again, err := ReadEvidence(evidence, seal.Signers{&key.PublicKey}); err != nil || again.Kind != answer.Kind {
				t.Fatalf("its evidence says %v, %v", again, err)
			}
			return
		}
		if errors.Is(err, ErrNewer) && signer != key {
			t.Fatal("a stranger makes the terminal believe in a newer platform")
		}
		if Name(err) == None {
			t.Fatalf("no name for %v", err)
		}
		if quiet, _ := Quiet(response); quiet < 0 || quiet > maxWait {
			t.Fatalf("a wait of %v", quiet)
		}
		var problem *Problem
		if errors.As(err, &problem) && (problem.Wait < 0 || problem.Wait > maxWait || problem.Error() != "platform: "+strconv.Itoa(status)+" "+problem.Code) {
			t.Fatalf("%+v", problem)
		}
	})
}

// FuzzEvidence: whatever lies where a kept answer should, it is believed only with the platform's signature.
func FuzzEvidence(f *testing.F) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	body := []byte(`{"version":1,"kind":"acknowledgement"}`)
	signature, err := seal.Sign(key, body)
	if err != nil {
		f.Fatal(err)
	}
	good, err := Signed{Body: body, Signature: signature}.Evidence()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte("null"))
	f.Add([]byte(`{"answer":"","signature":""}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		if signed, err := ReadEvidence(content, seal.Signers{&key.PublicKey}); err == nil && seal.Verify(&key.PublicKey, signed.Body, signed.Signature) != nil {
			t.Fatalf("believed: %+v", signed)
		}
	})
}

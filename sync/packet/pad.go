package packet

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"bianmin/core/casefile"
)

// What is padded comes out equally long whatever it says: the compressed
// manifest has exactly a multiple of padManifest bytes, and the packet up to its
// attachments a multiple of padHead (the clear header takes up what the DER of
// keys and signatures leaves).
const (
	padManifest = 2048
	padHead     = 1024
	padTries    = 1000
)

// Pad gives an event without attachments the padding that makes its packet as
// long as every other padded one: a rating with a long text, one without, and
// the word that there was none. One whose text does not fit takes the next length.
func Pad(event casefile.Event) (casefile.Event, error) {
	least, err := manifestLength(event, 4)
	if err != nil {
		return event, err
	}
	target := (least + 64 + padManifest - 1) / padManifest * padManifest
	n := (target - least) * 4 / 3
	for range padTries {
		event.Padding, err = randomText(n)
		if err != nil {
			return event, err
		}
		length, err := measure(event)
		if err != nil {
			return event, err
		}
		if length == target {
			return event, nil
		}
		n = max(1, n+(target-length)*4/3)
	}
	return event, errors.New("pad an event: no padding fits")
}

func manifestLength(event casefile.Event, n int) (int, error) {
	var err error
	if event.Padding, err = randomText(n); err != nil {
		return 0, err
	}
	return measure(event)
}

func measure(event casefile.Event) (int, error) {
	canonical, err := casefile.Canonical(event)
	if err != nil {
		return 0, err
	}
	content, err := encode(newManifest(canonical, nil))
	if err != nil {
		return 0, fmt.Errorf("pad an event: %w", err)
	}
	compressed, err := compress(content)
	return len(compressed), err
}

// randomText is n characters that do not compress below six bits each.
func randomText(n int) (string, error) {
	content := make([]byte, n)
	if _, err := rand.Read(content); err != nil {
		return "", fmt.Errorf("pad an event: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(content)[:n], nil
}

// headerPadding fills the clear header so that the whole head is a multiple of padHead.
func headerPadding(header Header, sealed int) (string, error) {
	header.Padding = "-"
	content, err := encode(header)
	if err != nil {
		return "", err
	}
	length := prefixSize + len(content) + sealed
	return strings.Repeat("-", 1+(padHead-length%padHead)%padHead), nil
}

package standing

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"bianmin/sync/channel"
	"bianmin/sync/wire"
)

// Fetch asks the platform for this terminal's settings. What it gives is signed and answers this question; whether it
// is newer and in order Take finds.
func Fetch(ctx context.Context, client *http.Client, url string, who Who) (wire.SignedSettings, error) {
	var random [16]byte
	if _, err := rand.Read(random[:]); err != nil {
		return wire.SignedSettings{}, fmt.Errorf("ask for settings: %w", err)
	}
	nonce := hex.EncodeToString(random[:])
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/v1/settings?nonce="+nonce, nil)
	if err != nil {
		return wire.SignedSettings{}, fmt.Errorf("ask for settings: %w", err)
	}
	response, err := client.Do(request)
	if err != nil {
		return wire.SignedSettings{}, fmt.Errorf("ask for settings: %w", err)
	}
	body, signature, err := channel.ReadVerified(response, who.Key)
	if err != nil {
		return wire.SignedSettings{}, fmt.Errorf("ask for settings: %w", err)
	}
	var said wire.Settings
	if err := json.Unmarshal(body, &said); err != nil || said.Kind != wire.Ruling || said.Nonce != nonce {
		return wire.SignedSettings{}, fmt.Errorf("ask for settings: %w", errors.Join(channel.ErrStranger, err))
	}
	return wire.SignedSettings{Answer: body, Signature: signature}, nil
}

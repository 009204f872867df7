// Package ruling signs what the province set for a terminal, in the same words for the network, an enrolment and a
// stick. It must not decide what counts; the registry does.
package ruling

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"bianmin/platform/authority"
	"bianmin/platform/registry"
	"bianmin/sync/wire"
)

// Sign signs what counts for a terminal now; without a nonce it is for a stick, or goes with an enrolment.
func Sign(ctx context.Context, reg *registry.Registry, a *authority.Authority, t registry.Terminal, nonce string, now time.Time) (wire.SignedSettings, error) {
	standing, err := reg.Standing(ctx, t)
	if err != nil {
		return wire.SignedSettings{}, err
	}
	said := wire.Settings{
		Version: wire.Version, Kind: wire.Ruling, Environment: t.Environment, Terminal: t.Number, Generation: t.Generation, Nonce: nonce,
		Number: standing.Number, Made: standing.Made.UTC(), Time: now.UTC().Truncate(time.Millisecond), Values: map[string]json.RawMessage{}, Locked: []string{},
	}
	for _, value := range standing.Values {
		text, err := json.Marshal(value.Value)
		if err != nil {
			return wire.SignedSettings{}, fmt.Errorf("write settings: %w", err)
		}
		said.Values[value.Key] = text
		if value.Locked {
			said.Locked = append(said.Locked, value.Key)
		}
	}
	body, err := json.Marshal(said)
	if err != nil {
		return wire.SignedSettings{}, fmt.Errorf("write settings: %w", err)
	}
	text, err := a.SignAnswer(body)
	if err != nil {
		return wire.SignedSettings{}, err
	}
	signature, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return wire.SignedSettings{}, fmt.Errorf("write settings: %w", err)
	}
	return wire.SignedSettings{Answer: body, Signature: signature, Signers: a.Signed()}, nil
}

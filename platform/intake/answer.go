package intake

import (
	"encoding/json"
	"fmt"
	"time"

	"bianmin/core/casefile"
	"bianmin/platform/authority"
	"bianmin/platform/registry"
	"bianmin/sync/wire"
)

// SignAnswer writes an answer's body and signs it. Times go to the millisecond.
func SignAnswer(a *authority.Authority, answer wire.Answer) (registry.Answered, error) {
	answer.Version = wire.Version
	answer.Time = answer.Time.UTC().Truncate(time.Millisecond)
	body, err := json.Marshal(answer)
	if err != nil {
		return registry.Answered{}, fmt.Errorf("write an answer: %w", err)
	}
	signature, err := a.SignAnswer(body)
	if err != nil {
		return registry.Answered{}, err
	}
	return registry.Answered{Body: body, Signature: signature}, nil
}

// sealUpdate writes an update and seals it to the platform's own key.
func (in *Intake) sealUpdate(u casefile.Update) ([]byte, error) {
	content, err := json.Marshal(u)
	if err != nil {
		return nil, fmt.Errorf("write an update: %w", err)
	}
	return in.Authority.Seal(content, nil)
}

package intake

import (
	"encoding/json"
	"fmt"
	"time"

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

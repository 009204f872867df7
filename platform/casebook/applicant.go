package casebook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"bianmin/core/casefile"
)

// Applicant is whom to call about an application.
type Applicant struct {
	Name  string `json:"name,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// phoneFields are names of the field that holds a phone, in the order they are asked.
var phoneFields = []string{"phone", "mobile", "telephone"}

// Applicant opens whom to call about an application, refused ones too. Whoever asks has written down that he does.
func (b Book) Applicant(ctx context.Context, packet string) (Applicant, error) {
	content, err := b.Event(ctx, packet)
	if err != nil {
		return Applicant{}, err
	}
	event, err := casefile.ParseEvent(content)
	if err != nil {
		return Applicant{}, fmt.Errorf("read an application: %w", err)
	}
	if event.Submission == nil {
		return Applicant{}, errors.New("read an application: it is none")
	}
	found := Applicant{Name: event.Submission.Applicant.Name}
	var values map[string]any
	if json.Unmarshal(event.Submission.Values, &values) != nil { // then there is no phone in it
		return found, nil
	}
	for _, name := range phoneFields {
		if text, is := values[name].(string); is && text != "" {
			found.Phone = text
			break
		}
	}
	return found, nil
}

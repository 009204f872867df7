package renew

import (
	"bytes"
	"context"
	"net/http"

	"bianmin/sync/channel"
	"bianmin/sync/wire"
)

func (r *Renewer) post(ctx context.Context, body []byte) (channel.Signed, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL+"/v1/renewals", bytes.NewReader(body))
	if err != nil {
		return channel.Signed{}, err
	}
	request.Header.Set("Content-Type", wire.TypeJSON)
	response, err := r.Client.Do(request)
	if err != nil {
		return channel.Signed{}, err
	}
	return channel.ReadSigned(response, r.Identity.Believed())
}

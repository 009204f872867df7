package enrol

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// ErrOrder says that a succession order is not the platform's.
var ErrOrder = errors.New("the succession order is not the platform's")

// ReadOrder checks a succession order with the platform's signing key.
func ReadOrder(signed wire.SignedOrder, key seal.Signers) (wire.Order, error) {
	var order wire.Order
	if key.Verify(signed.Order, signed.Signature) != nil {
		return order, ErrOrder
	}
	if err := json.Unmarshal(signed.Order, &order); err != nil {
		return order, fmt.Errorf("%w: %w", ErrOrder, err)
	}
	if order.Version != wire.Version || order.Kind != wire.Succession {
		return order, ErrOrder
	}
	return order, nil
}

// LoadOrder reads the succession order a keys folder's enrolment came with; nil when it succeeds nobody.
func LoadOrder(folder string) (*wire.SignedOrder, error) {
	content, err := os.ReadFile(filepath.Join(folder, recordFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the succession order: %w", err)
	}
	var record struct {
		Succession *wire.SignedOrder `json:"succession"`
	}
	if err := json.Unmarshal(content, &record); err != nil {
		return nil, fmt.Errorf("read the succession order: %w", err)
	}
	return record.Succession, nil
}

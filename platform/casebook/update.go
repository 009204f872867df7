package casebook

import (
	"context"
	"encoding/json"
	"fmt"

	"bianmin/core/casefile"
)

// updates opens what the platform wrote, by case; "" holds the appointments of no case.
func (b Book) updates(ctx context.Context) (map[string][]casefile.Update, error) {
	kept, err := b.Registry.Updates(ctx)
	if err != nil {
		return nil, err
	}
	opened := map[string][]casefile.Update{}
	for _, k := range kept {
		content, err := b.Authority.Open(k.Sealed)
		if err != nil {
			return nil, fmt.Errorf("open an update: %w", err)
		}
		var u casefile.Update
		if err := json.Unmarshal(content, &u); err != nil {
			return nil, fmt.Errorf("open an update: %w", err)
		}
		opened[k.Case] = append(opened[k.Case], u)
	}
	return opened, nil
}

// branches gives what each department said last, in the order they first spoke.
func branches(updates []casefile.Update) []casefile.Branch {
	var all []casefile.Branch
	place := map[string]int{}
	for _, u := range updates {
		if u.Branch == nil {
			continue
		}
		i, known := place[u.Branch.Department]
		if !known {
			i = len(all)
			place[u.Branch.Department] = i
			all = append(all, casefile.Branch{})
		}
		all[i] = *u.Branch
	}
	return all
}

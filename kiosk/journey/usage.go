package journey

import (
	"context"

	"bianmin/core/usage"
)

// Usage counts how often what was used, of nobody in particular.
type Usage interface {
	CountUse(ctx context.Context, kind usage.Kind, item string) error
}

// count counts in the background; a count that fails stops nobody.
func (m *machine) count(kind usage.Kind, item string) {
	counter, log := m.options.Usage, m.log
	if counter == nil {
		return
	}
	m.fx.background(func(ctx context.Context) {
		if err := counter.CountUse(ctx, kind, item); err != nil && ctx.Err() == nil {
			log.Warn("a use was not counted", "kind", string(kind), "error", err)
		}
	})
}

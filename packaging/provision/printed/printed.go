// Package printed writes what a command says to other programs, alike in all of them. It must not know what that is.
package printed

import (
	"encoding/json"
	"fmt"
	"io"
)

// JSON writes a value as indented JSON with a line break behind it, people's characters as they are.
func JSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

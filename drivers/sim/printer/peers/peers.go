// Package peers runs programs that nobody here wrote against the simulated
// receipt printer: a spooler, two encoders and two readers of QR codes from npm,
// installed by packaging/build/peers. It is never shipped.
package peers

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// Run gives input to one of peers.cjs's verbs and returns what it says.
func Run(ctx context.Context, input []byte, words ...string) ([]byte, error) {
	_, here, _, _ := runtime.Caller(0)
	folder := filepath.Dir(here)
	command := exec.CommandContext(ctx, "node", append([]string{filepath.Join(folder, "peers.cjs")}, words...)...)
	command.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(folder, "../../../../build/peers/node_modules"))
	var complaints bytes.Buffer
	command.Stdin, command.Stderr = bytes.NewReader(input), &complaints
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("foreign program %s: %w\n%s", words[0], err, complaints.Bytes())
	}
	return out, nil
}

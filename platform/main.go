// Command platform is the provincial side: the reference implementation of the
// terminal interface in openapi.yaml, its certification authority, and a look
// into the cases it holds.
package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"bianmin/platform/command"
)

//go:embed openapi.yaml
var contract []byte

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	root := command.New(command.Options{Contract: contract, Now: time.Now})
	root.SetArgs(command.LongFlags(root, os.Args[1:]))
	err := root.ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "platform:", err)
		os.Exit(1)
	}
}

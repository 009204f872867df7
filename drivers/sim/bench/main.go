// Command bench is the bench of simulated devices (模拟设备台): a window to place
// cards, take receipts and cut the network, and the demo that runs the whole
// product against it. It is never shipped.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"bianmin/drivers/sim/stand"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := &cobra.Command{Use: "bench", Short: "Simulated devices for a terminal, and the demo", SilenceUsage: true, SilenceErrors: true}
	root.AddCommand(demoCommand(), demoDeskCommand(), standCommand(), tellCommand())
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}

// standCommand puts the devices on ptys without a window, for one's own configuration.
func standCommand() *cobra.Command {
	var options stand.Options
	c := &cobra.Command{
		Use: "stand", Short: "Put simulated devices on the bench and wait; move them with 'bench tell'", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			dir, err := filepath.Abs(options.Dir) // links are used from other folders
			if err != nil {
				return fmt.Errorf("set up the bench: %w", err)
			}
			options.Dir = dir
			s, err := stand.Open(c.Context(), options)
			if err != nil {
				return err
			}
			reader, printer, button := s.Links()
			fmt.Printf("reader  %s\nprinter %s\nbutton  %s\ncontrol %s\n", reader, printer, button, s.Socket())
			if s.DocumentLink() != "" {
				fmt.Printf("document %s\n", s.DocumentLink())
			}
			if s.Network() != "" {
				fmt.Printf("network https://%s\n", s.Network())
			}
			<-c.Context().Done()
			return s.Close()
		},
	}
	c.Flags().StringVar(&options.Dir, "dir", "build/bench", "folder for the devices' names and the control socket")
	c.Flags().BoolVar(&options.Document, "document", false, "an A4 printer too")
	c.Flags().IntVar(&options.Paper, "paper", 80, "paper width in mm: 58 or 80")
	c.Flags().StringVar(&options.Platform, "platform", "", "host:port of a platform to put behind the network switch")
	c.Flags().StringVar(&options.Switch, "switch", "127.0.0.1:0", "host:port the network switch listens on; port 0 takes a free one")
	return c
}

func tellCommand() *cobra.Command {
	return &cobra.Command{
		Use: "tell SOCKET WORDS…", Short: "Tell a bench what to do: card place 3, paper tear, network cut …", Args: cobra.MinimumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			line := args[1]
			for _, word := range args[2:] {
				line += " " + word
			}
			answer, err := stand.Tell(c.Context(), args[0], line)
			if err != nil {
				return err
			}
			fmt.Println(strings.TrimSpace("ok " + answer))
			return nil
		},
	}
}

// Command provision is the technician's tool (运维员): it enrols a terminal,
// brings it into service, tries its devices and looks whether it is fit.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"bianmin/drivers/photo"
	"bianmin/packaging/provision/catalogue"
	"bianmin/packaging/provision/check"
	"bianmin/packaging/provision/clock"
	"bianmin/packaging/provision/courier"
	"bianmin/packaging/provision/device"
	"bianmin/packaging/provision/devicetest"
	"bianmin/packaging/provision/enrolment"
	"bianmin/packaging/provision/keys"
	"bianmin/packaging/provision/queue"
	"bianmin/packaging/provision/report"
	"bianmin/packaging/provision/session"
	"bianmin/packaging/provision/settings"
	"bianmin/packaging/provision/setup"
	"bianmin/packaging/provision/succession"
	"bianmin/packaging/provision/update"
	"bianmin/packaging/version"
)

func main() {
	photo.Launch()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	root := &cobra.Command{
		Use: "provision", Short: "The technician's tool of a service terminal", Args: cobra.NoArgs,
		SilenceUsage: true, SilenceErrors: true, Version: version.Version,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.AddCommand(enrolment.Command("bianmin "+version.Version, time.Now), device.Command(devicetest.Command(time.Now)), catalogue.Command(), session.Command(), check.Command(time.Now), setup.Command(time.Now), update.Command(time.Now), settings.Command(), courier.Command("bianmin "+version.Version, time.Now), queue.Command(time.Now), keys.Command(), clock.Command())
	root.AddCommand(report.Commands(time.Now)...)
	root.AddCommand(succession.Commands(succession.Options{Software: "bianmin " + version.Version, Now: time.Now})...)
	root.AddCommand(manual(root))
	explain(root)
	context.AfterFunc(ctx, stop) // whoever asks a second time is not made to wait
	err := root.ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "provision:", err)
		if said := advice(err, os.Geteuid()); said != "" {
			fmt.Fprintln(os.Stderr, "provision:", said)
		}
		os.Exit(status(err))
	}
}

// status is the program's exit status: 1, or what the error says.
func status(err error) int {
	var own interface{ ExitCode() int }
	if errors.As(err, &own) {
		return own.ExitCode()
	}
	return 1
}

// advice is what to do about an error that only the missing rights explain; "" for any other.
func advice(err error, euid int) string {
	if euid == 0 || !errors.Is(err, fs.ErrPermission) {
		return ""
	}
	return "this needs an administrator's rights: put sudo before the command / 需要管理员权限：请在命令前加 sudo"
}

// explain lets commands that only hold others explain themselves when alone, and refuse words they do not know.
func explain(c *cobra.Command) {
	if !c.Runnable() {
		c.Args = cobra.NoArgs
		c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	}
	for _, below := range c.Commands() {
		explain(below)
	}
}

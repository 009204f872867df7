package commission

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"

	"bianmin/assets"
	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/drivers/dots"
	"bianmin/drivers/point"
	"bianmin/packaging/condition"
	"bianmin/packaging/provision/asuser"
	"bianmin/packaging/settings"
	"bianmin/sync/seal"
)

// printed prints the report on A4 where there is such a printer, else as a strip; "" where there is none.
func printed(ctx context.Context, d settings.Devices, strip receipt.Document, pdf []byte, log *slog.Logger) (drivers.Outcome, error) {
	if d.Document == nil && d.Printer == nil {
		return "", nil
	}
	face, err := dots.NewFace(assets.FontRegular())
	if err != nil {
		return "", err
	}
	config := condition.Devices(d)
	manager, err := point.Start(ctx, point.Config{Printer: config.Printer, Document: config.Document}, point.Options{Log: log, Raster: face})
	if err != nil {
		return "", err
	}
	defer func() { _ = manager.Close() }()
	ctx, cancel := context.WithTimeout(ctx, printLimit)
	defer cancel()
	manager.Check(ctx)
	var report drivers.PrintReport
	if d.Document != nil {
		report, err = manager.Document().Print(ctx, "bianmin", pdf)
	} else {
		report, err = manager.Printer().Print(ctx, strip)
	}
	if report.Outcome == drivers.Unconfirmed {
		err = nil // the person sees it
	}
	return report.Outcome, err
}

// ErrNoReport says that no acceptance report is kept here.
var ErrNoReport = errors.New("this terminal has no acceptance report: provision setup makes one")

// Print prints the newest acceptance report once more, on A4 where there is such a printer, else as a strip. A kiosk that
// holds the printer is stopped for it and started again. The outcome is "" where there is no printer.
func Print(ctx context.Context, o Options) (outcome drivers.Outcome, err error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	r := &run{Options: o}
	if r.configuration, err = openConfiguration(r.Config, r.Data, nil); err != nil {
		return "", err
	}
	if r.settings, err = r.configuration.read(); err != nil {
		return "", err
	}
	var signed, pdf []byte
	err = asuser.Do(r.settings.Data, func() (err error) {
		if r.identity, err = seal.LoadIdentity(filepath.Join(r.settings.Data, "keys")); err != nil {
			return fmt.Errorf("look at the enrolment: %w", err)
		}
		signed, pdf, err = ReadNewest(r.settings.Data)
		return err
	})
	if err != nil {
		return "", err
	}
	a, err := Verify(signed, r.identity.Trust.SigningRoot)
	if err != nil {
		return "", err
	}
	again, err := r.pause(ctx)
	if err != nil {
		return "", err
	}
	err = asuser.Do(r.settings.Data, func() (err error) {
		outcome, err = printed(ctx, r.settings.Devices, paper{r.Words}.strip(a, digestOf(signed)), pdf, r.Log)
		return err
	})
	return outcome, errors.Join(err, again(context.WithoutCancel(ctx)))
}

// ReadNewest gives the newest acceptance report as it was signed, and its PDF.
func ReadNewest(data string) (signed, pdf []byte, err error) {
	path, err := Newest(data)
	if err != nil {
		return nil, nil, fmt.Errorf("look for a report: %w", err)
	}
	if path == "" {
		return nil, nil, ErrNoReport
	}
	if signed, err = os.ReadFile(path + ".json"); err != nil { // #nosec G304 -- the terminal's own folder
		return nil, nil, fmt.Errorf("read the report: %w", err)
	}
	if pdf, err = os.ReadFile(path + ".pdf"); err != nil { // #nosec G304 -- the terminal's own folder
		return nil, nil, fmt.Errorf("read the report: %w", err)
	}
	return signed, pdf, nil
}

func groupOf(info fs.FileInfo) int {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Gid)
	}
	return 0
}

// print brings the report to paper where there is a printer; the report stands without it.
func (r *run) print(ctx context.Context, strip receipt.Document, pdf []byte) {
	outcome, err := printed(ctx, r.settings.Devices, strip, pdf, r.Log)
	switch {
	case err != nil:
		r.Technician.Say("not-printed", map[string]any{"fault": string(drivers.FaultOf(err))})
	case outcome != "":
		r.Technician.Say("printed", nil)
	}
}

package commission

import (
	"context"
	"io/fs"
	"log/slog"
	"syscall"

	"bianmin/assets"
	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/drivers/dots"
	"bianmin/drivers/point"
	"bianmin/packaging/condition"
	"bianmin/packaging/settings"
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

func groupOf(info fs.FileInfo) int {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Gid)
	}
	return 0
}

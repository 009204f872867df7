package wiring

import (
	"fmt"

	"bianmin/assets"
	"bianmin/drivers/dots"
	"bianmin/drivers/escpos"
	"bianmin/drivers/point"
	"bianmin/kiosk/journey"
	"bianmin/packaging/settings"
)

// deviceConfig names the devices of the configuration file for the device manager.
func deviceConfig(d settings.Devices) point.Config {
	var c point.Config
	if d.Reader != nil {
		c.Reader = &point.Reader{Link: d.Reader.Link, Baud: d.Reader.Baud}
	}
	if d.Printer != nil {
		c.Printer = &point.Printer{Link: d.Printer.Link, Baud: d.Printer.Baud, Paper: d.Printer.Paper, RasterQR: d.Printer.Raster}
	}
	if d.Scanner != nil {
		c.Scanner = &point.Scanner{SANE: d.Scanner.SANE, DPI: d.Scanner.DPI}
	}
	if d.Button != nil {
		c.Button = &point.Button{Link: d.Button.Link, Baud: d.Button.Baud}
	}
	return c
}

// printerFont draws what a printer's own characters cannot.
func printerFont() (escpos.Rasteriser, error) {
	face, err := dots.NewFace(assets.FontRegular())
	if err != nil {
		return nil, fmt.Errorf("open the printer's font: %w", err)
	}
	return face, nil
}

func (k *Kiosk) journeyDevices() journey.Devices {
	return journey.Devices{
		Reader: k.Devices.Reader(), Printer: k.Devices.Printer(), Scanner: k.Devices.Scanner(), Button: k.Devices.Button(),
		Statuses: k.Devices.Statuses,
	}
}

// Reader is the configured card reader; nil where there is none.
func Reader(d settings.Devices) *point.Reader { return deviceConfig(d).Reader }

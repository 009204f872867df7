package wiring

import (
	"fmt"

	"bianmin/assets"
	"bianmin/drivers/dots"
	"bianmin/drivers/escpos"
	"bianmin/drivers/point"
	"bianmin/kiosk/journey"
	"bianmin/packaging/condition"
	"bianmin/packaging/settings"
)

// printerFont draws what a printer's own characters cannot.
func printerFont() (escpos.Rasteriser, error) {
	face, err := dots.NewFace(assets.FontRegular())
	if err != nil {
		return nil, fmt.Errorf("open the printer's font: %w", err)
	}
	return face, nil
}

func (k *Kiosk) journeyDevices() journey.Devices {
	if k.invented != nil {
		return *k.invented
	}
	return journey.Devices{
		Reader: k.Devices.Reader(), Social: k.Devices.Social(), Printer: k.Devices.Printer(), Scanner: k.Devices.Scanner(), Button: k.Devices.Button(), Code: k.Devices.Code(),
		Statuses: k.Devices.Statuses,
	}
}

// Reader is the configured card reader; nil where there is none.
func Reader(d settings.Devices) *point.Reader { return condition.Devices(d).Reader }

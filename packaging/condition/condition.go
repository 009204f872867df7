// Package condition joins the configuration file's devices with the device manager. It opens nothing.
package condition

import (
	"bianmin/drivers/point"
	"bianmin/packaging/settings"
)

// Devices names the devices of the configuration file for the device manager.
func Devices(d settings.Devices) point.Config {
	var c point.Config
	if d.Reader != nil {
		c.Reader = &point.Reader{Link: d.Reader.Link, Baud: d.Reader.Baud}
	}
	if d.Printer != nil {
		c.Printer = &point.Printer{Link: d.Printer.Link, Baud: d.Printer.Baud, Paper: d.Printer.Paper, RasterQR: d.Printer.Raster, NoCutter: d.Printer.NoCutter}
	}
	if d.Document != nil {
		c.Document = &point.Document{Link: d.Document.Link}
	}
	if d.Scanner != nil {
		c.Scanner = &point.Scanner{Link: d.Scanner.Link, SANE: d.Scanner.SANE, DPI: d.Scanner.DPI, Certificate: d.Scanner.Certificate}
	}
	if d.Button != nil {
		c.Button = &point.Button{Link: d.Button.Link, Baud: d.Button.Baud}
	}
	if d.Social != nil {
		c.Social = &point.Social{Link: d.Social.Link}
	}
	if d.Code != nil {
		c.Code = &point.Code{Link: d.Code.Link, Baud: d.Code.Baud}
	}
	return c
}

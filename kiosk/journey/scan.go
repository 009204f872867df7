package journey

import (
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/jpeg" // pages come as JPEG or PNG
	"image/png"
	"slices"
	"strconv"
	"time"

	"golang.org/x/image/draw"

	"bianmin/core/casefile"
	"bianmin/drivers"
)

// thumbnail is the length of a thumbnail's longer side in pixels.
const thumbnail = 640

// What the scanner and its button say.
type (
	buttonPressed struct{}
	pageScanned   struct {
		material string
		replace  string // id of the page it takes the place of, "" for one more
		page     page
	}
	scanFailed struct {
		material string
		err      error
		kept     bool // the scanner did its work, the page could not be kept
	}
)

func (buttonPressed) event() {}
func (pageScanned) event()   {}
func (scanFailed) event()    {}

func (m *machine) scanEvent(event Event) bool {
	switch event := event.(type) {
	case ScanPage:
		m.scan(event.Material, "")
	case RetakePage:
		m.scan(event.Material, event.Page)
	case buttonPressed:
		m.active()
		if m.overlay == "" && m.draft != nil {
			m.scan(m.draft.active, "")
		}
	case pageScanned:
		m.addPage(event)
	case scanFailed:
		m.scanFailed(event)
	default:
		return false
	}
	return true
}

// watchButton reports every press of the scanner's button.
func (m *machine) watchButton() work {
	button := m.options.Devices.Button
	return func(ctx context.Context, emit emit) Event {
		release, err := m.fx.lease(ctx, drivers.RoleButton)
		if err != nil {
			return nil
		}
		defer release()
		for {
			err := button.Wait(ctx)
			switch {
			case ctx.Err() != nil:
				return nil
			case err == nil:
				emit(buttonPressed{})
			case !pause(ctx, time.Second):
				return nil
			}
		}
	}
}

// scan scans one page of a material; replace names the page it takes the place of.
func (m *machine) scan(code, replace string) {
	if m.draft == nil {
		return
	}
	d := m.draft
	if _, ok := m.scannable(code); !ok || d.busy != "" {
		return
	}
	d.active, d.scanning = code, Message{}
	g := d.give(code)
	switch {
	case m.options.Devices.Scanner == nil:
		m.fail(drivers.RoleScanner, drivers.FaultUnplugged)
		return
	case replace != "" && !slices.ContainsFunc(g.pages, func(p page) bool { return p.id == replace }):
		return
	case replace == "" && (len(g.pages) >= maxPages || d.allPages() >= maxAllPages):
		d.scanning = Message{Key: keyTooManyPages, Args: map[string]any{"pages": len(g.pages)}}
		return
	}
	d.busy = code
	m.fx.launch(slotScan, m.scanPage(code, replace))
}

func (d *draft) allPages() int {
	n := 0
	for _, g := range d.given {
		n += len(g.pages)
	}
	return n
}

// scanPage scans a page and keeps it sealed on disk.
func (m *machine) scanPage(code, replace string) work {
	scanner, filing := m.options.Devices.Scanner, m.options.Filing
	return func(ctx context.Context, _ emit) Event {
		release, err := m.fx.lease(ctx, drivers.RoleScanner)
		if err != nil {
			return nil
		}
		scanned, err := scanner.Scan(ctx, drivers.ScanOptions{})
		release()
		if err != nil {
			return scanFailed{material: code, err: err}
		}
		small, err := shrink(scanned.Image)
		if err != nil {
			return scanFailed{material: code, err: &drivers.Error{Role: drivers.RoleScanner, Fault: drivers.FaultProtocol, Op: "open page", Err: err}}
		}
		attachment, err := filing.Attach(ctx, scanned.MediaType, scanned.Image)
		clear(scanned.Image)
		if err != nil {
			return scanFailed{material: code, err: err, kept: true}
		}
		return pageScanned{material: code, replace: replace, page: page{
			attachment: attachment,
			record: casefile.Page{
				Attachment: attachment.Digest, MediaType: scanned.MediaType, Width: scanned.Width, Height: scanned.Height,
			},
			view: PageView{Thumbnail: small, Quality: scanned.Quality},
		}}
	}
}

// shrink makes the small picture of a page.
func shrink(content []byte) ([]byte, error) {
	full, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("decode page: %w", err)
	}
	size := full.Bounds().Size()
	longer := max(size.X, size.Y, 1)
	scale := min(1, float64(thumbnail)/float64(longer))
	small := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(size.X)*scale)), max(1, int(float64(size.Y)*scale))))
	draw.ApproxBiLinear.Scale(small, small.Bounds(), full, full.Bounds(), draw.Src, nil)
	var out bytes.Buffer
	if err := png.Encode(&out, small); err != nil {
		return nil, fmt.Errorf("encode thumbnail: %w", err)
	}
	return out.Bytes(), nil
}

// addPage takes a page that was scanned and kept.
func (m *machine) addPage(scanned pageScanned) {
	d := m.draft
	m.active()
	d.busy = ""
	g := d.give(scanned.material)
	d.pageCount++
	scanned.page.id = "p" + strconv.Itoa(d.pageCount)
	scanned.page.view.ID = scanned.page.id
	g.promised = false
	d.unsigned()
	pages := slices.Clone(g.pages)
	at := slices.IndexFunc(pages, func(p page) bool { return p.id == scanned.replace })
	if scanned.replace == "" || at < 0 {
		g.pages = append(pages, scanned.page)
		return
	}
	m.drop(pages[at].attachment.Digest)
	pages[at] = scanned.page
	g.pages = pages
}

// scanFailed says beside the material what a person can put right, and shows the rest as a fault.
func (m *machine) scanFailed(failed scanFailed) {
	d := m.draft
	m.active()
	d.busy = ""
	if failed.kept {
		m.log.Warn("page not kept", "error", failed.err)
		d.scanning = words(keyPageNotKept)
		return
	}
	f := drivers.FaultOf(failed.err)
	m.log.Warn("page not scanned", "fault", string(f), "error", failed.err)
	if slices.Contains(scanFaults, f) {
		d.scanning = words(prefixScanProblem + string(f))
		return
	}
	m.fail(drivers.RoleScanner, f)
}

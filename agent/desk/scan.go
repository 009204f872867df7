package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // pages come as JPEG or PNG
	"image/png"
	"io"
	"slices"
	"strconv"

	"golang.org/x/image/draw"

	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/drivers"
)

const slotScan slot = "scan"

// thumbnail is the length of a thumbnail's longer side in pixels.
const thumbnail = 320

// scanPage scans one page, of the feeder when there is one and it is asked for, and keeps it sealed on disk; it is loose until something names it.
func (m *machine) scanPage(ctx context.Context, w *shift, feeder bool, mark string) (page, error) {
	book := w.book
	scanner := m.options.Devices.Scanner
	if scanner == nil {
		return page{}, &drivers.Error{Role: drivers.RoleScanner, Fault: drivers.FaultUnplugged, Op: "scan"}
	}
	release, err := m.fx.lease(ctx, drivers.RoleScanner)
	if err != nil {
		return page{}, err
	}
	scanned, err := scanner.Scan(ctx, drivers.ScanOptions{Feeder: feeder})
	release()
	if err != nil {
		return page{}, err
	}
	small, err := shrink(scanned.Image, mark)
	if err != nil {
		return page{}, &drivers.Error{Role: drivers.RoleScanner, Fault: drivers.FaultProtocol, Op: "open page", Err: err}
	}
	attachment, err := book.Attach(ctx, scanned.MediaType, scanned.Image)
	clear(scanned.Image)
	if err != nil {
		return page{}, fmt.Errorf("keep page: %w", err)
	}
	w.loose.add(attachment.Digest)
	return page{
		Record:  casefile.Page{Attachment: attachment.Digest, MediaType: scanned.MediaType, Width: scanned.Width, Height: scanned.Height},
		Quality: string(scanned.Quality), attachment: attachment, thumbnail: small, glass: scanned.Glass,
	}, nil
}

// scanOne scans a page for the shift; busy tells where it shows.
func (m *machine) scanOne(use func(m *machine, p page, err error)) {
	w, mark := m.shift, m.mark()
	m.look(slotScan, func(ctx context.Context, _ Book) then {
		p, err := m.scanPage(ctx, w, false, mark)
		return func(m *machine) { use(m, p, err) }
	})
}

func (m *machine) scanInto(a *accept, name string) {
	line, ok := a.handedIn(name)
	if !ok || !m.roomFor(a, line.key) {
		return
	}
	a.busy, a.scanning = "scan", name
	m.scanOne(func(m *machine, p page, err error) {
		a.busy, a.scanning = "", ""
		if err != nil {
			m.fail("scan", err)
			return
		}
		m.addPage(a, line.key, p)
	})
}

func (m *machine) roomFor(a *accept, key string) bool {
	if len(a.give(key).Pages) < maxPages && len(a.allPages()) < maxAllPages {
		return true
	}
	m.say(Bad, "desk.problem.too-many-pages", map[string]any{"n": maxPages})
	return false
}

func (m *machine) addPage(a *accept, key string, p page) {
	if m.shift.accept != a { // the page was left meanwhile
		m.dropFile(p.attachment.Digest)
		return
	}
	m.shift.loose.settle(p.attachment)
	a.pages++
	p.ID = "p" + strconv.Itoa(a.pages)
	g := a.give(key)
	g.Pages = append(slices.Clone(g.Pages), p)
	g.Promised, g.Confirmed = false, false
	a.changed()
	if drivers.Quality(p.Quality) != drivers.QualityGood && p.Quality != "" {
		m.say(Warn, "desk.notice.quality."+p.Quality, nil)
	}
}

func (m *machine) scanAuthorisation(a *accept) {
	if !a.absent {
		return
	}
	a.busy, a.scanning = "scan", "authorisation"
	m.scanOne(func(m *machine, p page, err error) {
		a.busy, a.scanning = "", ""
		if err != nil {
			m.fail("scan authorisation", err)
			return
		}
		if m.shift.accept != a {
			m.dropFile(p.attachment.Digest)
			return
		}
		m.shift.loose.settle(p.attachment)
		a.pages++
		p.ID = "p" + strconv.Itoa(a.pages)
		a.auth = append(slices.Clone(a.auth), p)
		a.changed()
	})
}

// scanBatch scans what lies in the feeder, page after page, into the materials in
// their order: each takes as many pages as it wants copies, the last takes the
// rest. A scanner without a feeder gives the one sheet on its glass.
func (m *machine) scanBatch(a *accept) {
	var keys []string
	for _, line := range a.materials() {
		if line.Source == catalogue.SourcePerson && a.way(line) == "" {
			for range max(line.Copies, 1) {
				keys = append(keys, line.key)
			}
		}
	}
	if len(keys) == 0 {
		m.say(Warn, "desk.notice.nothing-to-scan", nil)
		return
	}
	a.busy = "scan"
	w, mark := m.shift, m.mark()
	count := 0
	m.fx.start(slotScan, w, false, func(ctx context.Context, emit func(then)) then {
		for i := range maxPages {
			p, err := m.scanPage(ctx, w, true, mark)
			if err != nil {
				return func(m *machine) { m.batchEnded(a, count, err) }
			}
			key := keys[min(i, len(keys)-1)]
			emit(func(m *machine) {
				count++
				m.addPage(a, key, p)
			})
			if p.glass { // no feeder: the same sheet would come again
				break
			}
		}
		return func(m *machine) { m.batchEnded(a, count, nil) }
	})
}

// batchEnded tells how many pages came; an empty feeder is the end, not a fault.
func (m *machine) batchEnded(a *accept, count int, err error) {
	a.busy = ""
	if err != nil && (count == 0 || drivers.FaultOf(err) != drivers.FaultNoDocument) {
		m.fail("scan batch", err)
		return
	}
	if m.notice == nil {
		m.say(Good, "desk.notice.scanned", map[string]any{"n": count})
	}
}

// showPages makes the small pictures of a draft's pages again.
func showPages(ctx context.Context, book Book, a *accept, mark string) {
	show := func(pages []page) {
		for i := range pages {
			if content, err := readAll(ctx, book, pages[i].attachment); err == nil {
				pages[i].thumbnail, _ = shrink(content, mark) // a page that cannot be drawn is still filed
				clear(content)
			}
		}
	}
	show(a.auth)
	for _, g := range a.given {
		show(g.Pages)
	}
}

func readAll(ctx context.Context, book Book, attachment casefile.Attachment) ([]byte, error) {
	reader, err := book.Open(ctx, attachment)
	if err != nil {
		return nil, fmt.Errorf("open page: %w", err)
	}
	content, err := io.ReadAll(reader)
	return content, errors.Join(err, reader.Close())
}

// shrink makes the small picture of a page, with a mark across it that says where it is looked at.
func shrink(content []byte, mark string) ([]byte, error) {
	full, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("decode page: %w", err)
	}
	size := full.Bounds().Size()
	scale := min(1, float64(thumbnail)/float64(max(size.X, size.Y, 1)))
	small := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(size.X)*scale)), max(1, int(float64(size.Y)*scale))))
	draw.ApproxBiLinear.Scale(small, small.Bounds(), full, full.Bounds(), draw.Src, nil)
	watermark(small, mark)
	var out bytes.Buffer
	if err := png.Encode(&out, small); err != nil {
		return nil, fmt.Errorf("encode thumbnail: %w", err)
	}
	return out.Bytes(), nil
}

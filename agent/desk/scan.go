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

	"golang.org/x/image/draw"

	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/drivers"
)

const slotScan slot = "scan"

// thumbnail is the length of a thumbnail's longer side in pixels.
const thumbnail = 320

// scanSheet scans one sheet and keeps its page, or its front and back, sealed on disk; they are loose until something names them.
func (m *machine) scanSheet(ctx context.Context, w *shift, options drivers.ScanOptions, mark string) ([]page, error) {
	scanner := m.options.Devices.Scanner
	if scanner == nil {
		return nil, &drivers.Error{Role: drivers.RoleScanner, Fault: drivers.FaultUnplugged, Op: "scan"}
	}
	release, err := m.fx.lease(ctx, drivers.RoleScanner)
	if err != nil {
		return nil, err
	}
	scanned, err := scanner.Scan(ctx, options)
	release()
	if err != nil {
		return nil, err
	}
	front, err := keepPage(ctx, w, scanned, mark)
	if err != nil || scanned.Back == nil {
		return []page{front}, err
	}
	back, err := keepPage(ctx, w, *scanned.Back, mark)
	back.empty = scanned.Back.Empty
	return []page{front, back}, err
}

// keepPage keeps one page.
func keepPage(ctx context.Context, w *shift, scanned drivers.ScannedPage, mark string) (page, error) {
	defer clear(scanned.Image)
	small, err := shrink(scanned.Image, mark)
	if err != nil {
		return page{}, &drivers.Error{Role: drivers.RoleScanner, Fault: drivers.FaultProtocol, Op: "open page", Err: err}
	}
	attachment, err := w.book.Attach(ctx, scanned.MediaType, scanned.Image)
	if err != nil {
		return page{}, fmt.Errorf("keep page: %w", err)
	}
	w.loose.add(attachment.Digest)
	return page{
		Record:  casefile.Page{Attachment: attachment.Digest, MediaType: scanned.MediaType, Width: scanned.Width, Height: scanned.Height},
		Quality: string(scanned.Quality), attachment: attachment, thumbnail: small, glass: scanned.Glass, large: scanned.Large,
	}, nil
}

// scanOne scans a page for the shift, or opens the document camera's window for it.
func (m *machine) scanOne(s shot) {
	if m.viewer() != nil {
		m.openCamera(s)
		return
	}
	w, mark := m.shift, m.mark()
	m.look(slotScan, func(ctx context.Context, _ Book) then {
		pages, err := m.scanSheet(ctx, w, drivers.ScanOptions{}, mark)
		return func(m *machine) {
			if s.left != nil {
				s.left(m)
			}
			if err != nil {
				s.use(m, page{}, err)
				return
			}
			s.use(m, pages[0], nil)
		}
	})
}

func (m *machine) scanInto(a *accept, name string) {
	line, ok := a.handedIn(name)
	if !ok || !m.roomFor(a, line.key) {
		return
	}
	a.busy, a.scanning = "scan", name
	var came []string
	m.scanOne(shot{
		drop: func(m *machine) { came = m.takeBack(a, came) },
		name: func() text.Local { return line.Name }, more: func() bool { return a.room(line.key) },
		left: func(*machine) { a.busy, a.scanning = "", "" },
		use: func(m *machine, p page, err error) {
			if err != nil {
				m.fail("scan", err)
				return
			}
			m.addPage(a, line.key, p)
			came = append(came, a.newestID())
		},
	})
}

// takeBack takes out the last of the pages that came, and gives the others.
func (m *machine) takeBack(a *accept, came []string) []string {
	last := len(came) - 1
	m.removePage(a, came[last])
	return came[:last]
}

// room tells whether another page of a material has room.
func (a *accept) room(key string) bool {
	return len(a.give(key).Pages) < maxPages && len(a.allPages()) < maxAllPages
}

func (m *machine) roomFor(a *accept, key string) bool {
	if a.room(key) {
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
	p.ID = a.newestID()
	g := a.give(key)
	g.Pages = append(slices.Clone(g.Pages), p)
	g.Promised, g.Confirmed = false, false
	a.changed()
	switch {
	case drivers.Quality(p.Quality) != drivers.QualityGood && p.Quality != "" && !p.empty: // an empty back is asked about
		m.say(Warn, "desk.notice.quality."+p.Quality, nil)
	case p.large:
		m.say(Warn, "desk.notice.large", map[string]any{"kb": (p.attachment.Plain + 1023) / 1024})
	}
}

func (m *machine) scanAuthorisation(a *accept) {
	if !a.absent {
		return
	}
	a.busy, a.scanning = "scan", "authorisation"
	m.scanOne(shot{
		more: func() bool { return len(a.auth) < maxPages && len(a.allPages()) < maxAllPages },
		left: func(*machine) { a.busy, a.scanning = "", "" },
		use: func(m *machine, p page, err error) {
			if err != nil {
				m.fail("scan authorisation", err)
				return
			}
			m.addAuthorisation(a, p)
		},
	})
}

func (m *machine) addAuthorisation(a *accept, p page) {
	if m.shift.accept != a {
		m.dropFile(p.attachment.Digest)
		return
	}
	m.shift.loose.settle(p.attachment)
	a.pages++
	p.ID = a.newestID()
	a.auth = append(slices.Clone(a.auth), p)
	a.changed()
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

package escl

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const namespaces = `xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"`

// Handler answers for the scanner.
func (s *Scanner) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /eSCL/ScannerCapabilities", s.capabilities)
	mux.HandleFunc("GET /eSCL/ScannerStatus", s.status)
	mux.HandleFunc("POST /eSCL/ScanJobs", s.begin)
	mux.HandleFunc("GET /eSCL/ScanJobs/{job}/NextDocument", s.page)
	mux.HandleFunc("DELETE /eSCL/ScanJobs/{job}", s.end)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.answers.Add(1)
		defer s.answers.Done()
		s.mutex.Lock()
		trouble := s.trouble
		s.mutex.Unlock()
		if trouble.Hang > 0 {
			select {
			case <-r.Context().Done():
			case <-s.off:
			case <-time.After(trouble.Hang):
			}
		}
		switch {
		case s.options.Redirect != "" && r.TLS == nil:
			http.Redirect(w, r, s.options.Redirect+r.URL.Path, http.StatusMovedPermanently)
		case trouble.Closed:
			w.WriteHeader(http.StatusUnauthorized)
		case trouble.Nonsense:
			fmt.Fprint(w, "<html>please log in</html>")
		default:
			mux.ServeHTTP(w, r)
		}
	})
}

func (s *Scanner) capabilities(w http.ResponseWriter, _ *http.Request) {
	var steps, modes strings.Builder
	for _, dots := range s.options.Dots {
		fmt.Fprintf(&steps, "<scan:DiscreteResolution><scan:XResolution>%d</scan:XResolution><scan:YResolution>%d</scan:YResolution></scan:DiscreteResolution>", dots, dots)
	}
	for _, mode := range []string{"Grayscale8", "RGB24"} {
		if s.options.OneMode == "" || s.options.OneMode == mode {
			fmt.Fprintf(&modes, "<scan:ColorMode>%s</scan:ColorMode>", mode)
		}
	}
	input := fmt.Sprintf(`<scan:MinWidth>16</scan:MinWidth><scan:MaxWidth>%d</scan:MaxWidth><scan:MinHeight>16</scan:MinHeight><scan:MaxHeight>3600</scan:MaxHeight><scan:MaxScanRegions>1</scan:MaxScanRegions><scan:SettingProfiles><scan:SettingProfile><scan:ColorModes>%s</scan:ColorModes><scan:DocumentFormats><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat><scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt></scan:DocumentFormats><scan:SupportedResolutions><scan:DiscreteResolutions>%s</scan:DiscreteResolutions></scan:SupportedResolutions></scan:SettingProfile></scan:SettingProfiles>`, s.options.MostWidth, modes.String(), steps.String())
	body := "<pwg:Version>2.63</pwg:Version><pwg:MakeAndModel>Simulated Scanner</pwg:MakeAndModel><pwg:SerialNumber>" + s.options.Serial + "</pwg:SerialNumber>"
	if !s.options.NoGlass {
		body += "<scan:Platen><scan:PlatenInputCaps>" + input + "</scan:PlatenInputCaps></scan:Platen>"
	}
	if !s.options.NoFeeder {
		body += "<scan:Adf><scan:AdfSimplexInputCaps>" + input + "</scan:AdfSimplexInputCaps>"
		if s.options.Duplex {
			body += "<scan:AdfDuplexInputCaps>" + input + "</scan:AdfDuplexInputCaps>"
		}
		body += "<scan:FeederCapacity>50</scan:FeederCapacity></scan:Adf>"
	}
	say(w, "scan:ScannerCapabilities", body)
}

func say(w http.ResponseWriter, name, body string) {
	w.Header().Set("Content-Type", "text/xml")
	fmt.Fprintf(w, "%s<%s %s>%s</%s>", xml.Header, name, namespaces, body, name)
}

func (s *Scanner) status(w http.ResponseWriter, _ *http.Request) {
	s.mutex.Lock()
	s.tire()
	state, feeder := "Idle", "ScannerAdfEmpty"
	if len(s.jobs) > 0 || s.trouble.Busy {
		state = "Processing"
	}
	if len(s.feeder) > 0 {
		feeder = "ScannerAdfLoaded"
	}
	switch {
	case s.trouble.Jam:
		feeder = "ScannerAdfJam"
	case s.trouble.Hatch && s.options.Door:
		feeder = "ScannerAdfDoorOpen"
	case s.trouble.Hatch:
		feeder = "ScannerAdfHatchOpen"
	case s.trouble.Down:
		state = "Down"
	}
	mumbles := s.trouble.Mumbles
	s.mutex.Unlock()
	if mumbles {
		fmt.Fprint(w, "<html>please wait</html>")
		return
	}
	body := "<pwg:Version>2.63</pwg:Version><pwg:State>" + state + "</pwg:State>"
	if !s.options.NoFeeder && !s.options.Mute {
		body += "<scan:AdfState>" + feeder + "</scan:AdfState>"
	}
	say(w, "scan:ScannerStatus", body)
}

func (s *Scanner) begin(w http.ResponseWriter, r *http.Request) {
	order, status := s.read(r)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.tire()
	fed := order.Source == "Feeder"
	switch {
	case status != 0:
	case s.trouble.Busy || len(s.jobs) > 0:
		status = http.StatusServiceUnavailable
	case s.trouble.Down:
		status = http.StatusInternalServerError
	case fed && (s.trouble.Jam || s.trouble.Hatch || len(s.feeder) == 0 && !s.options.Mute):
		status = http.StatusConflict
	}
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	s.made++
	name := strconv.Itoa(s.made)
	s.jobs[name] = &job{order: order, asked: time.Now()}
	s.orders = append(s.orders, order)
	host := s.options.Host
	if host == "" {
		host = s.address
	}
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	if host == "" { // one that was not started, but served by somebody else
		host = r.Host
	}
	w.Header().Set("Location", scheme+host+"/eSCL/ScanJobs/"+name)
	w.WriteHeader(http.StatusCreated)
}

// tire gives up jobs that nobody has asked for a page of for long; what they had drawn in comes out. Called with the mutex held.
func (s *Scanner) tire() {
	for name, j := range s.jobs {
		if time.Since(j.asked) > s.options.Patience {
			delete(s.jobs, name)
		}
	}
}

// read reads what is asked for, or returns the status that refuses it.
func (s *Scanner) read(r *http.Request) (Order, int) {
	var settings struct {
		XMLName xml.Name
		Version string `xml:"http://www.pwg.org/schemas/2010/12/sm Version"`
		Regions []struct {
			Height int    `xml:"http://www.pwg.org/schemas/2010/12/sm Height"`
			Width  int    `xml:"http://www.pwg.org/schemas/2010/12/sm Width"`
			Units  string `xml:"http://www.pwg.org/schemas/2010/12/sm ContentRegionUnits"`
		} `xml:"http://www.pwg.org/schemas/2010/12/sm ScanRegions>ScanRegion"`
		Source string `xml:"http://www.pwg.org/schemas/2010/12/sm InputSource"`
		Mode   string `xml:"http://schemas.hp.com/imaging/escl/2011/05/03 ColorMode"`
		X      int    `xml:"http://schemas.hp.com/imaging/escl/2011/05/03 XResolution"`
		Format string `xml:"http://www.pwg.org/schemas/2010/12/sm DocumentFormat"`
		Duplex bool   `xml:"http://schemas.hp.com/imaging/escl/2011/05/03 Duplex"`
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err != nil || xml.Unmarshal(body, &settings) != nil || settings.XMLName.Local != "ScanSettings" || len(settings.Regions) > 1 {
		return Order{}, http.StatusBadRequest
	}
	order := Order{Source: settings.Source, Mode: settings.Mode, Format: settings.Format, Dots: settings.X, Width: s.options.MostWidth, Height: 3600, Duplex: settings.Duplex}
	for _, region := range settings.Regions {
		order.Width, order.Height = region.Width, region.Height
		if region.Units != "escl:ThreeHundredthsOfInches" {
			return order, http.StatusConflict
		}
	}
	known := false
	for _, dots := range s.options.Dots {
		known = known || dots == order.Dots
	}
	gone := order.Source == "Feeder" && s.options.NoFeeder || order.Source == "Platen" && s.options.NoGlass
	gone = gone || order.Duplex && (order.Source != "Feeder" || !s.options.Duplex)
	if !known || gone || order.Width > s.options.MostWidth || order.Height > 3600 || s.options.OneMode != "" && order.Mode != s.options.OneMode || order.Format != "image/jpeg" {
		return order, http.StatusConflict
	}
	return order, 0
}

// take draws the next sheet of a job in. Called with the mutex held.
func (s *Scanner) take(j *job) (Sheet, bool) {
	if j.order.Source == "Platen" {
		j.handed++
		return s.glass, j.handed == 1
	}
	if back := j.back; back != nil {
		j.back = nil
		switch {
		case s.trouble.Jam:
			return Sheet{}, false
		case back.Back > 0 || !s.options.Thrifty:
			return Sheet{Bars: back.Back}, true
		}
	}
	for len(j.sheets) <= s.options.Ahead && len(s.feeder) > 0 && !s.trouble.Jam {
		j.sheets, s.feeder = append(j.sheets, s.feeder[0]), s.feeder[1:]
	}
	if len(j.sheets) == 0 {
		return Sheet{}, false
	}
	sheet := j.sheets[0]
	j.sheets = j.sheets[1:]
	if j.order.Duplex {
		j.back = &sheet
	}
	if s.trouble.JamAfterPage {
		s.trouble.Jam = true
	}
	return sheet, true
}

func (s *Scanner) page(w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	name, trouble := r.PathValue("job"), s.trouble
	j := s.jobs[name]
	if j != nil {
		j.asked = time.Now()
	}
	if j != nil && trouble.NotYet > 0 {
		s.trouble.NotYet--
		s.mutex.Unlock()
		w.Header().Set("Retry-After", trouble.RetryAfter)
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	var sheet Sheet
	there := false
	if j != nil {
		if sheet, there = s.take(j); !there {
			delete(s.jobs, name)
		}
	}
	s.mutex.Unlock()
	if !there {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	data := sheet.picture(j.order)
	if trouble.Garbage {
		data = []byte("this is not a picture")
	}
	if at := bytes.Index(data, []byte{0xff, 0xc0}); trouble.Huge && at >= 0 {
		binary.BigEndian.PutUint32(data[at+5:], 60_000<<16|60_000)
	}
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	if trouble.Cut {
		data = data[:len(data)/2]
	}
	_, _ = w.Write(data) // whoever asked may be gone
}

func (s *Scanner) end(w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if _, ok := s.jobs[r.PathValue("job")]; !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	delete(s.jobs, r.PathValue("job")) // what it has drawn in comes out
}

// picture is the sheet as the order wants it: upright bars on white.
func (sheet Sheet) picture(order Order) []byte {
	width, height := order.Width*order.Dots/300, order.Height*order.Dots/300
	bounds := image.Rect(0, 0, width, height)
	var img draw.Image = image.NewGray(bounds)
	if order.Mode == "RGB24" {
		img = image.NewRGBA(bounds)
	}
	draw.Draw(img, bounds, image.NewUniform(color.Gray{Y: 250}), image.Point{}, draw.Src)
	for n := range sheet.Bars {
		left := width * (n + 1) / (sheet.Bars + 1)
		bar := image.Rect(left-width/80, height/10, left+width/80, height*9/10)
		draw.Draw(img, bar, image.NewUniform(color.RGBA{R: 20, G: 20, B: 120, A: 255}), image.Point{}, draw.Src)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 85}); err != nil {
		panic(err) // into memory, of a size that the order bounds
	}
	return out.Bytes()
}

package stand

import (
	"context"
	"errors"
	"strconv"

	"bianmin/drivers/sim/camera"
	"bianmin/drivers/sim/camera/node"
)

// table is what lies before the camera, and how.
type table struct {
	bars                    int
	empty, crooked, blurred bool
}

// How far a sheet is turned that was laid with care, and one that was not.
const (
	careful  = 2
	careless = 24
)

func (t table) sheet() camera.Sheet {
	s := camera.Sheet{Bars: t.bars, Degrees: careful, None: t.empty, Blurred: t.blurred}
	if t.crooked {
		s.Degrees = careless
	}
	return s
}

func (s *Stand) openCamera(ctx context.Context) (err error) {
	if s.cameras, err = node.Open(); err != nil {
		return err
	}
	s.table = table{bars: 1}
	// It outlives the call that opens it, and ends with Close.
	s.camera = s.cameras.Plug(ctx, "video0", s.table.sheet().Lens(), camera.Options{Dim: 3})
	return nil
}

// CameraLink is the document camera's link for a configuration file, "" without one.
func (s *Stand) CameraLink() string {
	if s.camera == nil {
		return ""
	}
	return s.camera.Link()
}

func (s *Stand) cameraState() *CameraState {
	if s.camera == nil {
		return nil
	}
	on, times, _ := s.camera.On()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return &CameraState{In: s.camera.Plugged(), On: on, Bars: s.table.bars, Empty: s.table.empty, Taken: times}
}

var (
	errNoCamera = errors.New("there is no document camera on this bench")
	errNoSheet  = errors.New("say which sheet: camera lay BARS")
)

// layBefore is "camera lay".
func (s *Stand) layBefore(rest []string) error {
	if s.camera == nil {
		return errNoCamera
	}
	if len(rest) != 1 {
		return errNoSheet
	}
	bars, err := strconv.Atoi(rest[0])
	if err != nil || bars < 0 {
		return errNoSheet
	}
	s.set(func(t *table) { t.bars, t.empty = bars, false })
	return nil
}

// set changes what lies before the camera.
func (s *Stand) set(change func(*table)) {
	s.mutex.Lock()
	change(&s.table)
	sheet := s.table.sheet()
	s.mutex.Unlock()
	s.camera.Lay(sheet.Lens())
}

func (s *Stand) lies() table {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.table
}

func cameraFaults() []Fault {
	all := []Fault{}
	for _, f := range []struct {
		name, chinese, english, field string
		of                            func(*node.Trouble) *bool
	}{
		{"frozen", "没有画面", "No picture", "Frozen", func(t *node.Trouble) *bool { return &t.Frozen }},
		{"covered", "镜头盖住", "Covered", "Black", func(t *node.Trouble) *bool { return &t.Black }},
		{"cut", "画面残缺", "Cut short", "Cut", func(t *node.Trouble) *bool { return &t.Cut }},
		{"garbage", "画面乱码", "Garbage", "Garbage", func(t *node.Trouble) *bool { return &t.Garbage }},
		{"refuse", "不肯启动", "Won't start", "Refuse", func(t *node.Trouble) *bool { return &t.Refuse }},
		{"strange", "格式不认", "Odd format", "Strange", func(t *node.Trouble) *bool { return &t.Strange }},
		{"busy", "别人占用", "In use", "Busy", func(t *node.Trouble) *bool { return &t.Busy }},
		{"denied", "没有权限", "No rights", "Denied", func(t *node.Trouble) *bool { return &t.Denied }},
	} {
		all = append(all, Fault{
			Name: "camera-" + f.name, Of: Camera, Words: [2]string{f.chinese, f.english}, Covers: []string{"camera." + f.field},
			turn: func(_ context.Context, s *Stand, on bool) error {
				t := s.camera.Trouble()
				*f.of(&t) = on
				s.camera.Have(t)
				return nil
			},
			on: func(s *Stand) bool {
				t := s.camera.Trouble()
				return *f.of(&t)
			},
		})
	}
	for _, f := range []struct {
		name, chinese, english string
		of                     func(*table) *bool
	}{
		{"empty", "没放纸", "No page", func(t *table) *bool { return &t.empty }},
		{"crooked", "放歪了", "Crooked", func(t *table) *bool { return &t.crooked }},
		{"blurred", "没对焦", "Blurred", func(t *table) *bool { return &t.blurred }},
	} {
		all = append(all, Fault{
			Name: "camera-" + f.name, Of: Camera, Words: [2]string{f.chinese, f.english},
			turn: func(_ context.Context, s *Stand, on bool) error {
				s.set(func(t *table) { *f.of(t) = on })
				return nil
			},
			on: func(s *Stand) bool {
				t := s.lies()
				return *f.of(&t)
			},
		})
	}
	return append(all, unplugged(Camera, "", func(s *Stand) cable { return cameraCable{s.camera} }, "camera.Unplug"))
}

// cameraCable is the camera's plug.
type cameraCable struct{ camera *node.Camera }

func (c cameraCable) Plug() error {
	c.camera.Replug()
	return nil
}

func (c cameraCable) Unplug() error {
	c.camera.Unplug()
	return nil
}

func (c cameraCable) Plugged() bool { return c.camera.Plugged() }

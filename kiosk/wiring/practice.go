package wiring

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"bianmin/assets"
	"bianmin/core/catalogue"
	"bianmin/core/text"
	"bianmin/drivers/drawn"
	"bianmin/drivers/point"
	"bianmin/kiosk/journey"
	invented "bianmin/kiosk/practice"
	"bianmin/sync/enrol/practice"
	"bianmin/sync/seal"
)

// ErrInService says that a terminal that serves people has no practice mode: nobody must take one for the other.
var ErrInService = errors.New("this terminal is enrolled and serves people: it has no practice mode")

// beginPractice makes practice's folder with keys of its own, and a catalogue where the terminal's is broken.
func (k *Kiosk) beginPractice(data string) (folder string, err error) {
	_, err = seal.LoadIdentity(filepath.Join(data, "keys"))
	if err == nil {
		return "", ErrInService
	}
	if !errors.Is(err, seal.ErrNotEnrolled) {
		return "", fmt.Errorf("begin practice: %w", err)
	}
	if k.set == nil {
		if k.set, err = catalogue.Load(assets.Catalogue()); err != nil {
			return "", fmt.Errorf("begin practice: %w", err)
		}
		k.Pinyin = k.Pinyin.With(k.set.Words())
	}
	region := k.set.Region
	for len(region.Children) > 0 {
		region = region.Children[0]
	}
	folder, k.practising = practice.Folder(data), true
	place := practice.Place{Point: k.words.T(text.Chinese, "desk.practice.point", nil), Region: region.Code, Role: "kiosk"}
	if _, err := practice.Begin(folder, place, time.Now()); err != nil {
		return "", fmt.Errorf("begin practice: %w", err)
	}
	return folder, nil
}

// practiceDevices are invented. There is no printer.
func (k *Kiosk) practiceDevices(ctx context.Context) (err error) {
	reader, err := invented.NewReader(time.Now)
	if err != nil {
		return err
	}
	sheets, err := drawn.New(assets.FontRegular(), k.words.T(text.Chinese, "desk.practice.sheet", nil), func(n int) string {
		return k.words.T(text.Chinese, "desk.practice.sheet-number", map[string]any{"n": n})
	})
	if err != nil {
		return err
	}
	k.invented = &journey.Devices{Reader: reader, Scanner: invented.Scanner{Sheets: sheets}, Statuses: invented.Statuses}
	k.Devices, err = point.Start(ctx, point.Config{}, point.Options{Log: k.options.Log})
	return err
}

// endPractice forgets a practice.
func endPractice(data string) error {
	if err := practice.Clear(practice.Folder(data)); err != nil {
		return fmt.Errorf("end practice: %w", err)
	}
	return nil
}

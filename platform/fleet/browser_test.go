//go:build browser

package fleet_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser starts Debian's Chromium with a folder of its own.
func browser(t *testing.T) (context.Context, *complaints) {
	t.Helper()
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath("/usr/bin/chromium"), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1366, 900),
		chromedp.Flag("ignore-certificate-errors", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	)
	c := &complaints{}
	ctx, end := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(end)
	ctx, end = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(end)
	ctx, end = chromedp.NewContext(ctx, chromedp.WithListener(c.hear))
	t.Cleanup(end)
	return ctx, c
}

// complaints are what the browser says of the policy, of missing files and the like.
type complaints struct {
	mu  sync.Mutex
	all []string
}

func (c *complaints) hear(event any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		c.all = append(c.all, e.Entry.Text+" "+e.Entry.URL)
	case *runtime.EventExceptionThrown:
		c.all = append(c.all, e.ExceptionDetails.Text)
	}
}

// taken gives what was said since the last call.
func (c *complaints) taken() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.all
	c.all = nil
	return all
}

type step = chromedp.Action[chromedp.Void]

func do(t *testing.T, ctx context.Context, what string, steps ...step) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func read[T any](t *testing.T, ctx context.Context, action chromedp.Action[T]) T {
	t.Helper()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func shoot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	picture := read(t, ctx, chromedp.FullScreenshot(100))
	folder := filepath.Join("..", "..", "build", "fleet")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestInTheBrowser signs on, filters, sorts, looks at one terminal, changes the language and signs off, with the keys and clicks of a person.
func TestInTheBrowser(t *testing.T) {
	w := newWorld(t)
	w.town()
	ctx, said := browser(t)
	const firstNumber = "tbody tr:first-child .number"
	do(t, ctx, "sign on wrongly", chromedp.Navigate(w.server.URL+"/fleet"), chromedp.WaitVisible("#name"),
		chromedp.SendKeys("#name", "lin"), chromedp.SendKeys("#password", "guess\r"), chromedp.WaitVisible(".problem"))
	shoot(t, ctx, "login")
	said.taken() // the browser notes the answer 403
	do(t, ctx, "sign on", chromedp.SendKeys("#name", "lin"), chromedp.SendKeys("#password", w.password+"\r"), chromedp.WaitVisible("table"))
	colour := read(t, ctx, chromedp.Evaluate[string](`getComputedStyle(document.querySelector(".bar")).backgroundColor`))
	if first := read(t, ctx, chromedp.Text(firstNumber)); first != "QH0301" || colour != "rgb(18, 36, 60)" {
		t.Errorf("the first line is %s, the bar %s: is the style there?", first, colour)
	}
	shoot(t, ctx, "list")
	do(t, ctx, "filter", chromedp.Click(`.chips a[href*="show=paper"]`), chromedp.WaitVisible(`.chips a[aria-current][href*="show=paper"]`))
	if text := read(t, ctx, chromedp.Text("tbody")); !strings.Contains(text, "QH0302") || strings.Contains(text, "QH0301") {
		t.Errorf("filtered by paper: %s", text)
	}
	do(t, ctx, "sort", chromedp.Click(`.chips a[href="/fleet"]`), chromedp.WaitVisible(`.chips a[aria-current][href="/fleet"]`),
		chromedp.Click(`th a[href*="sort=terminal"]`), chromedp.WaitVisible(`th[aria-sort=ascending]`))
	if first := read(t, ctx, chromedp.Text(firstNumber)); first != "QH0300" {
		t.Errorf("sorted by number: %s first", first)
	}
	do(t, ctx, "look at one", chromedp.Click(`a[href="/fleet/QH0300"]`), chromedp.WaitVisible("dl"))
	shoot(t, ctx, "detail")
	do(t, ctx, "look at another", chromedp.Navigate(w.server.URL+"/fleet/QH0302"), chromedp.WaitVisible("dl"))
	shoot(t, ctx, "detail-paper")
	do(t, ctx, "in English", chromedp.Navigate(w.server.URL+"/fleet?lang=en"), chromedp.WaitVisible("table"))
	shoot(t, ctx, "list-en")
	if title := read(t, ctx, chromedp.Title()); title != "Service points" {
		t.Errorf("the title is %q", title)
	}
	do(t, ctx, "on a telephone", chromedp.EmulateViewport(390, 844), chromedp.Navigate(w.server.URL+"/fleet?lang=zh"), chromedp.WaitVisible("table"))
	shoot(t, ctx, "list-narrow")
	if width := read(t, ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); width > 390 {
		t.Errorf("the page is %d wide on a telephone of 390", width)
	}
	do(t, ctx, "sign off", chromedp.Click(".bar button"), chromedp.WaitVisible("#name"))
	if found := said.taken(); len(found) > 0 {
		t.Errorf("the browser complains: %v", found)
	}
}

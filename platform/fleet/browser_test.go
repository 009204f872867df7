//go:build browser

package fleet_test

import (
	"context"
	"fmt"
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

// ask evaluates in the page as it is now. The wait of chromedp itself follows nodes from page to page, and now and then loses them.
func ask(t *testing.T, ctx context.Context, what, script string) {
	t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	var yes bool
	var err error
	for begun := time.Now(); time.Since(begun) < 30*time.Second; <-look.C {
		if yes, err = chromedp.Run(ctx, chromedp.Evaluate[bool](script)); err == nil && yes { // while a page comes there is none to ask
			return
		}
	}
	at, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + " " + document.readyState + " " + document.body.innerText`))
	t.Fatalf("%s: it does not come (%v); the browser shows %s", what, err, at)
}

// see waits until the page that shows it is painted.
func see(t *testing.T, ctx context.Context, selector string) {
	t.Helper()
	ask(t, ctx, selector, fmt.Sprintf(`document.readyState === "complete" && performance.getEntriesByName("first-contentful-paint").length > 0 &&
		(document.querySelector(%q)?.getClientRects().length ?? 0) > 0`, selector))
}

// click clicks on what is seen: the browser throws away what is clicked on a page it has not painted yet.
func click(t *testing.T, ctx context.Context, selector, then string) {
	t.Helper()
	see(t, ctx, selector)
	at := read(t, ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(`(e => {
		e.scrollIntoView({block: "center", behavior: "instant"});
		const r = e.getClientRects()[0];
		return [r.x + r.width / 2, r.y + r.height / 2];
	})(document.querySelector(%q))`, selector)))
	do(t, ctx, "click "+selector, chromedp.MouseClickXY(at[0], at[1]))
	see(t, ctx, then)
}

// fill writes into the form's two fields and sends it off with the Enter key.
func fill(t *testing.T, ctx context.Context, name, password, then string) {
	t.Helper()
	see(t, ctx, "#name")
	do(t, ctx, "fill in", chromedp.SendKeys("#name", name), chromedp.SendKeys("#password", password+"\r"))
	see(t, ctx, then)
}

// open goes to a page by its address.
func open(t *testing.T, ctx context.Context, url, shows string) {
	t.Helper()
	do(t, ctx, "open "+url, chromedp.Navigate(url))
	see(t, ctx, shows)
}

func read[T any](t *testing.T, ctx context.Context, action chromedp.Action[T]) T {
	t.Helper()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func textOf(t *testing.T, ctx context.Context, selector string) string {
	t.Helper()
	return read(t, ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q).innerText.trim()`, selector)))
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
	open(t, ctx, w.server.URL+"/fleet", "#name")
	fill(t, ctx, "lin", "guess", ".problem")
	shoot(t, ctx, "login")
	said.taken() // the browser notes the answer 403
	fill(t, ctx, "lin", w.password, "table")
	colour := read(t, ctx, chromedp.Evaluate[string](`getComputedStyle(document.querySelector(".bar")).backgroundColor`))
	if first := textOf(t, ctx, firstNumber); first != "QH0301" || colour != "rgb(18, 36, 60)" {
		t.Errorf("the first line is %s, the bar %s: is the style there?", first, colour)
	}
	shoot(t, ctx, "list")
	click(t, ctx, `.chips a[href*="show=paper"]`, `.chips a[aria-current][href*="show=paper"]`)
	if text := textOf(t, ctx, "tbody"); !strings.Contains(text, "QH0302") || strings.Contains(text, "QH0301") {
		t.Errorf("filtered by paper: %s", text)
	}
	click(t, ctx, `.chips a[href="/fleet"]`, `.chips a[aria-current][href="/fleet"]`)
	click(t, ctx, `th a[href*="sort=terminal"]`, `th[aria-sort=ascending]`)
	if first := textOf(t, ctx, firstNumber); first != "QH0300" {
		t.Errorf("sorted by number: %s first", first)
	}
	click(t, ctx, `a[href="/fleet/QH0300"]`, "dl")
	shoot(t, ctx, "detail")
	open(t, ctx, w.server.URL+"/fleet/QH0302", "dl")
	shoot(t, ctx, "detail-paper")
	open(t, ctx, w.server.URL+"/fleet?lang=en", "table")
	shoot(t, ctx, "list-en")
	if title := read(t, ctx, chromedp.Title()); title != "Service points" {
		t.Errorf("the title is %q", title)
	}
	w.worked()
	click(t, ctx, `.bar nav a[href="/work"]`, "table.work")
	shoot(t, ctx, "work-en")
	open(t, ctx, w.server.URL+"/work?lang=zh&by=point&period=month", "table.work")
	shoot(t, ctx, "work-point")
	click(t, ctx, `.chips a[href*="by=item"]`, `.chips a[aria-current][href*="by=item"]`)
	shoot(t, ctx, "work")
	if text := textOf(t, ctx, "tbody tr:first-child"); !strings.Contains(text, "高龄津贴") {
		t.Errorf("the first item: %s", text)
	}
	w.refuse()
	click(t, ctx, `.bar nav a[href="/refused"]`, "table.refused")
	shoot(t, ctx, "refused")
	click(t, ctx, `.chips a[href*="show=again"]`, `.chips a[aria-current][href*="show=again"]`)
	click(t, ctx, "tbody tr:first-child .number", `form[action$="/people"]`)
	if text := textOf(t, ctx, "main"); strings.Contains(text, "王小丫") {
		t.Errorf("a name without being asked for it: %s", text)
	}
	shoot(t, ctx, "refusal")
	click(t, ctx, `form[action$="/people"] button`, "dl.who")
	if text := textOf(t, ctx, "dl.who"); !strings.Contains(text, "王小丫") {
		t.Errorf("asked for the name: %s", text)
	}
	shoot(t, ctx, "refusal-people")
	do(t, ctx, "write what was done", chromedp.SendKeys("#note", "电话告知，改到窗口办"))
	click(t, ctx, `form[action$="/close"] button`, ".tag.out")
	shoot(t, ctx, "refusal-closed")
	open(t, ctx, w.server.URL+"/refused?show=all&lang=en", "table.refused")
	shoot(t, ctx, "refused-en")
	do(t, ctx, "on a telephone", chromedp.EmulateViewport(390, 844))
	open(t, ctx, w.server.URL+"/fleet?lang=zh", "table")
	shoot(t, ctx, "list-narrow")
	open(t, ctx, w.server.URL+"/refused", "table.refused")
	shoot(t, ctx, "refused-narrow")
	open(t, ctx, w.server.URL+"/refused/p0", "form.act")
	shoot(t, ctx, "refusal-narrow")
	if width := read(t, ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); width > 390 {
		t.Errorf("a refused application is %d wide on a telephone of 390", width)
	}
	open(t, ctx, w.server.URL+"/work?by=point", "table.work")
	shoot(t, ctx, "work-narrow")
	if width := read(t, ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); width > 390 {
		t.Errorf("the page is %d wide on a telephone of 390", width)
	}
	click(t, ctx, ".bar button", "#name")
	if found := said.taken(); len(found) > 0 {
		t.Errorf("the browser complains: %v", found)
	}
}

// TestLookedIntoInTheBrowser writes what was found behind changed records, and sees the finding leave the page.
func TestLookedIntoInTheBrowser(t *testing.T) {
	w := newWorld(t)
	w.town()
	ctx, said := browser(t)
	open(t, ctx, w.server.URL+"/fleet", "#name")
	fill(t, ctx, "lin", w.password, "table")
	open(t, ctx, w.server.URL+"/fleet/QH0307", "form.act #note")
	shoot(t, ctx, "audit")
	do(t, ctx, "narrow", chromedp.EmulateViewport(700, 900))
	shoot(t, ctx, "audit-narrow")
	do(t, ctx, "wide", chromedp.EmulateViewport(1366, 900))
	click(t, ctx, "form.act button", ".problem")
	shoot(t, ctx, "audit-problem")
	said.taken() // the browser notes the answer 400
	do(t, ctx, "write", chromedp.SendKeys("#note", "硬盘从旧备份恢复过，李四经手"))
	click(t, ctx, "form.act button", "main:not(:has(form.act))")
	if text := textOf(t, ctx, "main"); strings.Contains(text, "操作记录被动过") || !strings.Contains(text, "1.0 GB") {
		t.Errorf("afterwards the page says: %s", text)
	}
	if all := said.taken(); len(all) > 0 {
		t.Errorf("the browser complains: %q", all)
	}
}

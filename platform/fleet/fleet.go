// Package fleet is the county's view of its terminals: pages in the browser for
// operators, and metrics for Prometheus. It reads the registry and changes nothing there but that a refused
// application was dealt with. Of people it shows whom to call about such a one, only when asked for that, and after writing down who asked.
package fleet

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"bianmin/assets"
	"bianmin/core/catalogue"
	"bianmin/platform/registry"
)

//go:embed page
var files embed.FS

// Registry is what the pages and metrics read.
type Registry interface {
	SeeAudit(ctx context.Context, number string, until time.Time, note, actor string) error
	Fleet(ctx context.Context) ([]registry.Member, error)
	Member(ctx context.Context, number string) (registry.Member, error)
	Beats(ctx context.Context, t registry.Terminal, limit int) ([]registry.Beat, error)
	Operator(ctx context.Context, name string) (registry.Operator, error)
	Counts(ctx context.Context) (map[registry.State]int, error)
	Work(ctx context.Context, from, until time.Time) ([]registry.Figures, error)
	Ratings(ctx context.Context) ([]registry.Ratings, error)
	Refusals(ctx context.Context, all bool) ([]registry.Refusal, error)
	CloseRefusal(ctx context.Context, name, note, by string) error
	Trace(ctx context.Context, t registry.Trace) error
}

var _ Registry = (*registry.Registry)(nil)

// Options are what the fleet's view stands on; all but Limits and Catalogue are required.
type Options struct {
	Registry Registry
	People   People
	Token    string // that Prometheus shows as "Authorization: Bearer"
	Limits   Limits
	Now      func() time.Time
	Log      *slog.Logger
	// Catalogue names items and divisions; without it their codes are shown.
	Catalogue *catalogue.Catalogue
}

// Fleet is the http.Handler of pages and metrics.
type Fleet struct {
	Options
	templates *template.Template
	words     map[string]words // by language
	sessions  *sessions
	tries     *tries
	routes    http.Handler
}

// Routes are what the handler answers, as method and path; openapi.yaml names the same.
var Routes = []string{
	"GET /fleet", "GET /fleet/{terminal}", "POST /fleet/{terminal}/audit", "GET /work", "GET /work.csv",
	"GET /refused", "GET /refused/{packet}", "POST /refused/{packet}/people", "POST /refused/{packet}/close", "GET /login", "POST /login", "POST /logout", "GET /style.css", "GET /font/{weight}", "GET /metrics",
}

// New makes the handler.
func New(o Options) (*Fleet, error) {
	if o.Token == "" {
		return nil, errors.New("fleet: metrics need a token")
	}
	f := &Fleet{Options: o, sessions: newSessions(o.Now), tries: newTries(o.Now)}
	var err error
	if f.words, err = loadWords(); err != nil {
		return nil, err
	}
	if f.templates, err = template.New("").Funcs(template.FuncMap{"dict": dict}).ParseFS(files, "page/*.html"); err != nil {
		return nil, fmt.Errorf("read the fleet's pages: %w", err)
	}
	answers := map[string]http.Handler{
		"GET /fleet": f.signedOn(f.list), "GET /fleet/{terminal}": f.signedOn(f.detail), "POST /fleet/{terminal}/audit": f.signedOn(f.seeAudit),
		"GET /work": f.signedOn(f.work), "GET /work.csv": f.signedOn(f.workFile),
		"GET /refused": f.signedOn(f.refused), "GET /refused/{packet}": f.signedOn(f.refusal),
		"POST /refused/{packet}/people": f.signedOn(f.people), "POST /refused/{packet}/close": f.signedOn(f.closeRefusal),
		"GET /login": http.HandlerFunc(f.askLogin), "POST /login": http.HandlerFunc(f.login), "POST /logout": f.signedOn(f.logout),
		"GET /style.css": http.HandlerFunc(f.style), "GET /font/{weight}": http.HandlerFunc(f.font), "GET /metrics": f.withToken(http.HandlerFunc(f.metrics)),
	}
	mux := http.NewServeMux()
	for _, route := range Routes {
		mux.Handle(route, answers[route])
	}
	mux.Handle("GET /{$}", http.RedirectHandler("/fleet", http.StatusSeeOther))
	f.routes = guarded(http.NewCrossOriginProtection().Handler(mux))
	return f, nil
}

// dict hands several things, as pairs of name and value, to a template within a template.
func dict(pairs ...any) (map[string]any, error) {
	handed := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("%v is no name", pairs[i])
		}
		handed[name] = pairs[i+1]
	}
	return handed, nil
}

// ServeHTTP answers a browser or Prometheus.
func (f *Fleet) ServeHTTP(w http.ResponseWriter, r *http.Request) { f.routes.ServeHTTP(w, r) }

// maxForm is the largest form taken, in bytes.
const maxForm = 8 << 10

// guarded sets what every answer carries: nothing from elsewhere, no script at all, kept by nobody.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range map[string]string{
			"Content-Security-Policy":      "default-src 'none'; style-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":       "nosniff",
			"X-Frame-Options":              "DENY",
			"Referrer-Policy":              "no-referrer",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Permissions-Policy":           "camera=(), microphone=(), geolocation=()",
			"Strict-Transport-Security":    "max-age=31536000",
			"Cache-Control":                "no-store",
		} {
			w.Header().Set(name, value)
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next.ServeHTTP(w, r)
	})
}

func (f *Fleet) style(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, files, "page/style.css")
}

// font serves the product's own letters to a machine that has no Chinese ones; they are the same for years.
func (f *Fleet) font(w http.ResponseWriter, r *http.Request) {
	var content []byte
	switch r.PathValue("weight") {
	case "regular":
		content = assets.FontRegular()
	case "bold":
		content = assets.FontBold()
	default:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "font/ttf")
	w.Header().Set("Cache-Control", "private, max-age=604800")
	_, _ = w.Write(content) // a broken connection is the browser's to notice
}

func (f *Fleet) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == nil {
		f.Log.Error("fleet page failed", "error", err)
	}
	http.Error(w, "暂时看不到，请稍后再试。 Not available now, try again.", http.StatusInternalServerError)
}

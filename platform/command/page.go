package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"bianmin/assets"
	"bianmin/core/catalogue"
	"bianmin/platform/authority"
	"bianmin/platform/casebook"
	"bianmin/platform/fleet"
	"bianmin/platform/intake"
	"bianmin/platform/registry"
)

// fleetServer is the fleet page on an address of its own, so that a browser is never asked for a terminal's certificate.
type fleetServer struct {
	server   *http.Server
	listener net.Listener
}

// listenFleet opens the fleet page's address; nil when there is none to be.
func (f serveFlags) listenFleet(ctx context.Context, o Options, a *authority.Authority, reg *registry.Registry, log *slog.Logger) (*fleetServer, error) {
	if f.fleet == "" {
		return nil, nil
	}
	token, err := metricsToken(f.data)
	if err != nil {
		return nil, err
	}
	files := assets.Catalogue()
	if f.catalogue != "" {
		files = os.DirFS(f.catalogue)
	}
	set, err := catalogue.Load(files)
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	book := casebook.Book{Registry: reg, Authority: a, Path: (&intake.Intake{Options: intake.Options{Dir: f.data}}).Path}
	page, err := fleet.New(fleet.Options{Registry: reg, People: book, Token: token, Limits: f.limits, Now: o.Now, Log: log, Catalogue: set})
	if err != nil {
		return nil, err
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", f.fleet)
	if err != nil {
		return nil, fmt.Errorf("listen for the fleet page: %w", err)
	}
	return &fleetServer{listener: listener, server: &http.Server{
		Handler: page, TLSConfig: a.PageTLSConfig(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}}, nil
}

// serve answers until ctx ends.
func (s *fleetServer) serve(ctx context.Context) error {
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		stopping, done := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer done()
		if s.server.Shutdown(stopping) != nil {
			_ = s.server.Close() // what is left after the grace is cut
		}
	})
	err := s.server.ServeTLS(s.listener, "", "")
	if !stop() {
		<-stopped
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

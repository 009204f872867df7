package update

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// Source is where a repository's files come from. It is believed in nothing.
type Source interface {
	// Open gives a file from an offset on; at is where the content really begins, the offset or 0.
	Open(ctx context.Context, name string, offset int64) (content io.ReadCloser, at int64, err error)
}

// stall is how long a source may stay silent in the middle of a file.
const stall = time.Minute

// Folder is a repository on a stick.
type Folder string

// Open opens a file on the stick.
func (f Folder) Open(_ context.Context, name string, offset int64) (io.ReadCloser, int64, error) {
	file, err := os.Open(filepath.Join(string(f), filepath.FromSlash(path.Clean("/"+name)))) // #nosec G304 -- cleaned to stay in the folder
	if errors.Is(err, fs.ErrNotExist) {
		if _, gone := os.Stat(filepath.Join(string(f), "metadata", "timestamp.json")); gone != nil {
			return nil, 0, refuse(Unreachable, "there is no repository in %s: %w", string(f), gone)
		}
		return nil, 0, &metadata.ErrDownloadHTTP{StatusCode: http.StatusNotFound, URL: name}
	}
	if err != nil {
		return nil, 0, refuse(Unreachable, "read %s: %w", name, err)
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, 0, errors.Join(refuse(Broken, "%s is no plain file", name), file.Close())
	}
	if _, err := file.Seek(offset, io.SeekStart); err != nil {
		return nil, 0, errors.Join(refuse(Unreachable, "read %s: %w", name, err), file.Close())
	}
	return file, offset, nil
}

// Mirror is a repository behind HTTPS.
type Mirror struct {
	url    *url.URL
	client *http.Client
	stall  time.Duration
}

// NewMirror takes a mirror's address; authorities replace the machine's own when not nil.
func NewMirror(address string, authorities *x509.CertPool) (*Mirror, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, fmt.Errorf("%q is no mirror's address, say https://HOST/PATH", address)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: authorities}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, TLSHandshakeTimeout: stall, ResponseHeaderTimeout: stall, IdleConnTimeout: stall, DisableCompression: true,
	}
	client := &http.Client{Transport: transport, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if r.URL.Scheme != "https" || len(via) > 5 {
			return errors.New("the mirror leads elsewhere")
		}
		return nil
	}}
	return &Mirror{url: u, client: client, stall: stall}, nil
}

// Authorities reads certificates in PEM.
func Authorities(pem []byte) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("who vouches for the mirror: no certificates in PEM")
	}
	return pool, nil
}

// Close ends the mirror's idle connections.
func (m *Mirror) Close() { m.client.CloseIdleConnections() }

// Open asks the mirror for a file.
func (m *Mirror) Open(ctx context.Context, name string, offset int64) (io.ReadCloser, int64, error) {
	ctx, cancel := context.WithCancel(ctx)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, m.url.JoinPath(name).String(), nil)
	if err != nil {
		cancel()
		return nil, 0, err
	}
	if offset > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	response, err := m.client.Do(request) // the body is closed by whoever reads it
	if err != nil {
		cancel()
		return nil, 0, refuse(Unreachable, "ask the mirror for %s: %w", name, err)
	}
	at, err := beginning(response, offset)
	if err != nil {
		err = errors.Join(err, response.Body.Close())
		cancel()
		return nil, 0, err
	}
	return &patient{ReadCloser: response.Body, timer: time.AfterFunc(m.stall, cancel), every: m.stall, cancel: cancel}, at, nil
}

// beginning is where the content of an answer begins.
func beginning(r *http.Response, offset int64) (int64, error) {
	switch r.StatusCode {
	case http.StatusOK:
		return 0, nil
	case http.StatusPartialContent:
		if strings.HasPrefix(r.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", offset)) {
			return offset, nil
		}
	}
	return 0, &metadata.ErrDownloadHTTP{StatusCode: r.StatusCode, URL: r.Request.URL.Path}
}

// patient gives up a body that stays silent for too long.
type patient struct {
	io.ReadCloser

	timer  *time.Timer
	every  time.Duration
	cancel context.CancelFunc
}

// Read reads, and begins the wait anew.
func (p *patient) Read(b []byte) (int, error) {
	n, err := p.ReadCloser.Read(b)
	if n > 0 {
		p.timer.Reset(p.every)
	}
	return n, err
}

// Close ends the wait and the request.
func (p *patient) Close() error {
	p.timer.Stop()
	err := p.ReadCloser.Close()
	p.cancel()
	return err
}

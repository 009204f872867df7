// Command peers sends a file over a line as others do: in one POST that begins
// anew after each failure, and by go-tus towards tusd. It stands in a module of its
// own, so that nothing of it is ever linked into or listed with what is shipped.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/cenkalti/backoff/v4"
	gotus "github.com/eventials/go-tus"
	"github.com/tus/tusd/v2/pkg/filestore"
	tusd "github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/memorylocker"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "peers serve|ready|POST|go-tus ADDRESS FILE-OR-FOLDER")
		os.Exit(2)
	}
	do := map[string]func(address, path string) error{"serve": serve, "ready": ready, "POST": post, "go-tus": tus}[os.Args[1]]
	if do == nil {
		fmt.Fprintln(os.Stderr, "peers: no such way:", os.Args[1])
		os.Exit(2)
	}
	if err := do(os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// serve takes whole files by POST and uploads by tusd, until it is ended.
func serve(address, folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	composer := tusd.NewStoreComposer()
	filestore.New(folder).UseIn(composer)
	memorylocker.New().UseIn(composer)
	uploads, err := tusd.NewHandler(tusd.Config{BasePath: "/files/", StoreComposer: composer})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/files/", http.StripPrefix("/files/", uploads))
	mux.HandleFunc("/whole", func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil || n != r.ContentLength {
			panic(http.ErrAbortHandler)
		}
	})
	return http.ListenAndServe(address, mux)
}

// ready waits until the server listens.
func ready(address, _ string) error {
	again := backoff.WithMaxRetries(backoff.NewConstantBackOff(50*time.Millisecond), 600)
	return backoff.Retry(func() error {
		connection, err := net.Dial("tcp", address)
		if err != nil {
			return fmt.Errorf("wait for the server: %w", err)
		}
		return connection.Close()
	}, again)
}

// forever is the usual backoff of the library, without its end after a quarter of an hour.
func forever() backoff.BackOff {
	return backoff.NewExponentialBackOff(backoff.WithMaxElapsedTime(0))
}

// post sends the whole file, from the beginning after each failure.
func post(address, path string) error {
	return backoff.Retry(func() error {
		file, err := os.Open(path)
		if err != nil {
			return backoff.Permanent(err)
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return backoff.Permanent(err)
		}
		request, err := http.NewRequest(http.MethodPost, "http://"+address+"/whole", file)
		if err != nil {
			return backoff.Permanent(err)
		}
		request.ContentLength = info.Size()
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		return response.Body.Close()
	}, forever())
}

// tus sends by go-tus as its own page shows it, going on after each failure.
func tus(address, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	upload, err := gotus.NewUploadFromFile(file)
	if err != nil {
		return err
	}
	config := gotus.DefaultConfig()
	config.Resume = true
	config.Store = memory{}
	client, err := gotus.NewClient("http://"+address+"/files/", config)
	if err != nil {
		return err
	}
	return backoff.Retry(func() error {
		uploader, err := client.CreateOrResumeUpload(upload)
		if err != nil {
			return err
		}
		return uploader.Upload()
	}, forever())
}

// memory remembers where uploads go on.
type memory map[string]string

func (m memory) Get(fingerprint string) (string, bool) { url, ok := m[fingerprint]; return url, ok }
func (m memory) Set(fingerprint, url string)           { m[fingerprint] = url }
func (m memory) Delete(fingerprint string)             { delete(m, fingerprint) }
func (m memory) Close()                                {}

// Package sealtest enrols terminals in tests: a throw-away authority with fresh
// keys. It must never be imported by a program that is shipped.
package sealtest

import (
	"testing"
	"time"

	"bianmin/sync/seal"
	"bianmin/sync/seal/mint"
)

// Authority is a province made for one test.
type Authority struct {
	*mint.Authority
	Enrolled time.Time // the platform's time at the next enrolment
}

// New makes a demo province whose certificates are valid from 2020 to 2040.
func New(t testing.TB) *Authority {
	t.Helper()
	return NewIn(t, "demo")
}

// NewIn makes a province of an environment, "demo", "production" or "practice".
func NewIn(t testing.TB, environment string) *Authority {
	t.Helper()
	from := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	made, err := mint.New(mint.Options{Environment: environment, Name: "test", NotBefore: from, NotAfter: time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)})
	must(t, err)
	return &Authority{Authority: made, Enrolled: from}
}

// Enrol makes a terminal's keys folder as an enrolment would, and loads it.
func (a *Authority) Enrol(t testing.TB, folder, terminal, generation string) *seal.Identity {
	t.Helper()
	keys, err := seal.Generate()
	must(t, err)
	must(t, keys.Save(folder))
	return a.Certify(t, folder, keys, terminal, generation)
}

// Certify gives keys that are in folder a (new) generation.
func (a *Authority) Certify(t testing.TB, folder string, keys *seal.Keys, terminal, generation string) *seal.Identity {
	t.Helper()
	credentials, err := a.Authority.Certify(keys, seal.Terminal{
		Number: terminal, Generation: generation, Point: "柳树沟村便民服务点", Region: "990102103004",
		Role: "kiosk", Platform: "https://127.0.0.1:1", Enrolled: a.Enrolled,
	})
	must(t, err)
	must(t, seal.SaveCredentials(folder, credentials))
	identity, err := seal.LoadIdentity(folder)
	must(t, err)
	return identity
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

# Everything a person does with this tree, two commands first: make demo, make test.
SHELL := /bin/bash
TAGS  := x11,gles
export FYNE_DISABLE_DPI_DETECTION := 1

.DEFAULT_GOAL := help
.PHONY: help package bundle test-install test-usb powercut setup build demo demo-desk test long race lint fuzz bench bench-link gallery goldens leaflet clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: ## install what is missing: Debian packages and Go modules (done by the others when needed)
	@packaging/build/setup

build: setup ## build the programs into bin/
	@echo "build: programs into bin/ (the first time two minutes, the window toolkit is large)"
	@go build -tags $(TAGS) -o bin/ ./kiosk ./agent ./sync/sender ./packaging/provision ./packaging/setup ./platform ./drivers/sim/bench ./drivers/sim/rig/deskrobot

demo: build ## the main job in a window with a bench of simulated devices, or by itself on a virtual display
	@bin/bench demo --dir build/demo

demo-desk: build ## a village agent's day at the desk, with the bench beside it, or by itself on a virtual display
	@bin/bench demo-desk --dir build/demo-desk

test: setup ## everything, with a real window on a virtual display where needed; a time per suite
	@packaging/build/test

test-install: setup ## the package on a clean Debian 12 in a virtual machine, to the first painted screen
	@packaging/build/test-install

test-usb: setup ## USB devices simulated at the far end of the cable, under a real kernel in a virtual machine
	@packaging/build/test-usb

powercut: setup ## cut the power under a terminal in a virtual machine, N=30 times; docs/store.md says what must be left
	@$(if $(N),BIANMIN_N=$(N)) packaging/build/test-powercut

long: setup ## the same tests with the full number of rounds
	@BIANMIN_LONG=1 packaging/build/test

race: setup ## tests without pictures under the race detector
	@packaging/build/race

lint: setup ## formatting, vet, staticcheck, import rules
	@packaging/build/lint

fuzz: setup ## every parser fed with anything, 60 s each (BIANMIN_FUZZ_SECONDS; BIANMIN_FUZZ picks by name)
	@packaging/build/fuzz

bench: build ## measurements as ratios, side by side in one run
	@packaging/build/bench

bench-link: setup ## how much of bad lines the sender uses, with thresholds, beside a plain POST and go-tus (root; about six minutes)
	@packaging/build/bench-link

package: ## the Debian packages for amd64 and arm64, into build/package
	@packaging/build/package

bundle: ## the package with all it needs and the province's signature, for a stick, into build/bundle (packaging/build/bundle says the options)
	@packaging/build/package amd64
	@packaging/build/bundle

gallery: setup ## every state of every screen and page as a picture, into build/gallery, -desk and -setup
	@go run -tags ci ./kiosk/gallery -out build/gallery
	@go run -tags ci ./agent/gallery -out build/gallery-desk
	@go run -tags ci ./packaging/setup/gallery -out build/gallery-setup

goldens: setup ## accept the screens as they are now as the new goldens (look at the gallery first)
	@BIANMIN_ACCEPT=1 CGO_ENABLED=0 go test -count=1 -tags ci ./ui/... ./kiosk/screen/... ./kiosk/gallery/... ./agent/view/... ./agent/gallery/... ./packaging/setup/gallery/...

leaflet: setup ## the technician's page as one sheet to print, into build/leaflet (PDF and HTML)
	@packaging/build/install chromium
	@go test -count=1 -tags browser ./packaging/leaflet && ls build/leaflet/*.pdf

clean: ## remove what was built
	@rm -rf bin build

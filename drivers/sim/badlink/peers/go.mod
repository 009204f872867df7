module bianmin/drivers/sim/badlink/peers

go 1.26.0

require (
	github.com/cenkalti/backoff/v4 v4.3.0
	github.com/eventials/go-tus v0.0.0-20220610120217-05d0564bb571
	github.com/tus/tusd/v2 v2.9.1
)

require golang.org/x/exp v0.0.0-20250106191152-7588d65b2ba8 // indirect

package succession_test

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	status := m.Run()
	removeSender()
	os.Exit(status)
}

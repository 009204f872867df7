package desk

import (
	"slices"
	"sync"

	"bianmin/core/casefile"
)

// loose are the sealed files of a shift that no draft and no event names yet.
// Whatever is still loose when the shift ends is dropped before its keys are closed.
type loose struct {
	mutex sync.Mutex
	files map[string]bool
}

func (l *loose) add(digest string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.files == nil {
		l.files = map[string]bool{}
	}
	l.files[digest] = true
}

// settle says that files belong to something now, or are gone.
func (l *loose) settle(files ...casefile.Attachment) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, f := range files {
		delete(l.files, f.Digest)
	}
}

func (l *loose) all() []string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	var digests []string
	for digest := range l.files {
		digests = append(digests, digest)
	}
	slices.Sort(digests)
	return digests
}

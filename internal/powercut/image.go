package powercut

import (
	"math/rand/v2"
	"slices"
	"time"
)

// Way is what becomes of writes that were not flushed when the power goes.
type Way int

// Ways. A disk may do any of them.
const (
	Some Way = iota // each write is there or not
	Torn            // each sector of each write is there or not; the first block is whole, as ext4 trusts of its superblock
	None            // all are gone
	All             // all are there
	ways
)

func (w Way) String() string { return [...]string{"some", "torn", "none", "all"}[w] }

// AnyWay picks one.
func AnyWay(random *rand.Rand) Way { return Way(random.IntN(int(ways))) }

const (
	sector     = 512
	firstBlock = 4096
)

// Left is what a power cut leaves: the disk's content, and what had been said by then and must be true.
type Left struct {
	Content []byte
	Way     Way
	When    time.Time
	At      int // the place in the log
	// Unflushed is how many writes were in the cache.
	Unflushed int
	Said      []string
}

// Length is how much has happened to the disk: cuts are possible at 0 to Length.
func (d *Disk) Length() int { return len(d.happened()) }

// Cuts cuts the power at places of the log, in ascending order, and shows what each cut leaves. Nothing of it changes the disk.
func (d *Disk) Cuts(places []int, random *rand.Rand, show func(Left)) {
	d.cuts(places, random, show, false)
}

// LyingCuts are the cuts of a disk that says flushed and is not: a rig that finds nothing wrong with it sees nothing.
func (d *Disk) LyingCuts(places []int, random *rand.Rand, show func(Left)) {
	d.cuts(places, random, show, true)
}

// lyingMost is how many writes a lying disk holds back.
const lyingMost = 400

func (d *Disk) cuts(places []int, random *rand.Rand, show func(Left), lying bool) {
	log := d.happened()
	places = slices.Sorted(slices.Values(places))
	safe := slices.Clone(d.base)
	var cached []entry
	var said []string
	for at := 0; ; at++ {
		for len(places) > 0 && places[0] <= at {
			places = places[1:]
			left := Left{Way: AnyWay(random), At: at, When: d.when(log, at), Said: slices.Clone(said), Unflushed: len(cached)}
			left.Content = left.Way.leave(safe, cached, random)
			show(left)
		}
		if at >= len(log) || len(places) == 0 {
			return
		}
		switch e := log[at]; {
		case e.said != "":
			said = append(said, e.said)
		case e.flush && !lying:
			for _, c := range cached {
				copy(safe[c.offset:], c.data)
			}
			cached = cached[:0]
		case e.through && !lying:
			copy(safe[e.offset:], e.data)
			cached = overwritten(cached, e)
		case !e.flush:
			cached = append(cached, e)
		}
		if len(cached) > lyingMost && lying {
			copy(safe[cached[0].offset:], cached[0].data)
			cached = cached[1:]
		}
	}
}

// when is the time of a cut: just before what happened next.
func (d *Disk) when(log []entry, at int) time.Time {
	if at < len(log) {
		return log[at].at
	}
	if len(log) > 0 {
		return log[len(log)-1].at
	}
	return time.Time{}
}

// overwritten takes from the cache what a write through it has made old.
func overwritten(cached []entry, by entry) []entry {
	return slices.DeleteFunc(cached, func(c entry) bool {
		return c.offset >= by.offset && c.offset+int64(len(c.data)) <= by.offset+int64(len(by.data))
	})
}

func (w Way) leave(safe []byte, cached []entry, random *rand.Rand) []byte {
	content := slices.Clone(safe)
	for _, c := range cached {
		switch w {
		case All:
			copy(content[c.offset:], c.data)
		case Some:
			if random.IntN(2) == 0 {
				copy(content[c.offset:], c.data)
			}
		case Torn:
			if c.offset < firstBlock {
				copy(content[c.offset:], c.data)
				continue
			}
			for from := 0; from < len(c.data); from += sector {
				if random.IntN(2) == 0 {
					copy(content[c.offset+int64(from):], c.data[from:min(from+sector, len(c.data))])
				}
			}
		}
	}
	return content
}

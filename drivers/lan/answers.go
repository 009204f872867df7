package lan

import (
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// mostRecords is how many records of a packet are looked at, and of each kind are kept.
const mostRecords = 256

// answers is what one network has told so far. Names are kept in small letters.
type answers struct {
	here      netip.Prefix
	instances map[string]Kind
	names     map[string]string // instances as they are written
	services  map[string]service
	texts     map[string]map[string]string
	addresses map[string]netip.Addr
}

type service struct {
	host string
	port uint16
}

func newAnswers(here netip.Prefix) *answers {
	return &answers{
		here: here, instances: map[string]Kind{}, names: map[string]string{}, services: map[string]service{},
		texts: map[string]map[string]string{}, addresses: map[string]netip.Addr{},
	}
}

// questions are all kinds, and when the answers left something out, what is missing.
func (a *answers) questions(missing bool) (all []dnsmessage.Question) {
	add := func(name string, kind dnsmessage.Type) {
		if n, err := dnsmessage.NewName(name); err == nil {
			all = append(all, dnsmessage.Question{Name: n, Type: kind, Class: dnsmessage.ClassINET})
		}
	}
	for _, kind := range kinds {
		add(string(kind)+".local.", dnsmessage.TypePTR)
	}
	if !missing {
		return all
	}
	for _, instance := range slices.Sorted(maps.Keys(a.instances)) {
		if len(all) > 32 {
			break
		}
		s, known := a.services[instance]
		switch {
		case !known:
			add(instance, dnsmessage.TypeSRV)
			add(instance, dnsmessage.TypeTXT)
		case !a.addresses[s.host].IsValid():
			add(s.host, dnsmessage.TypeA)
		}
	}
	return all
}

// take takes one packet. Whoever sends it must be in the network, and can tell of the network only.
func (a *answers) take(packet []byte, from netip.Addr) {
	if !near(a.here, from) {
		return
	}
	var parser dnsmessage.Parser
	header, err := parser.Start(packet)
	if err != nil || !header.Response || parser.SkipAllQuestions() != nil {
		return
	}
	for _, next := range []struct {
		head func() (dnsmessage.ResourceHeader, error)
		skip func() error
	}{{parser.AnswerHeader, parser.SkipAnswer}, {parser.AuthorityHeader, parser.SkipAuthority}, {parser.AdditionalHeader, parser.SkipAdditional}} {
		for range mostRecords {
			head, err := next.head()
			if err != nil {
				break
			}
			known, err := a.record(&parser, head)
			if !known {
				err = next.skip()
			}
			if err != nil {
				return
			}
		}
	}
}

// record keeps one record; known says that it was read.
func (a *answers) record(parser *dnsmessage.Parser, head dnsmessage.ResourceHeader) (known bool, err error) {
	name := strings.ToLower(head.Name.String())
	switch head.Type {
	case dnsmessage.TypePTR:
		r, err := parser.PTRResource()
		if err == nil {
			a.instance(name, r.PTR.String())
		}
		return true, err
	case dnsmessage.TypeSRV:
		r, err := parser.SRVResource()
		if err == nil && len(a.services) < mostRecords && r.Port != 0 {
			a.services[name] = service{strings.ToLower(r.Target.String()), r.Port}
		}
		return true, err
	case dnsmessage.TypeTXT:
		r, err := parser.TXTResource()
		if err == nil && len(a.texts) < mostRecords {
			a.texts[name] = pairs(r.TXT)
		}
		return true, err
	case dnsmessage.TypeA:
		r, err := parser.AResource()
		if address := netip.AddrFrom4(r.A); err == nil && len(a.addresses) < mostRecords && near(a.here, address) {
			a.addresses[name] = address
		}
		return true, err
	}
	return false, nil
}

func (a *answers) instance(of, written string) {
	for _, kind := range kinds {
		suffix := "." + string(kind) + ".local."
		if of == suffix[1:] && len(a.instances) < mostRecords && strings.HasSuffix(strings.ToLower(written), suffix) && len(written) > len(suffix) {
			a.instances[strings.ToLower(written)] = kind
			a.names[strings.ToLower(written)] = written[:len(written)-len(suffix)]
		}
	}
}

// pairs are what a TXT record says, the first word for each key.
func pairs(lines []string) map[string]string {
	said := map[string]string{}
	for _, line := range lines {
		key, value, _ := strings.Cut(line, "=")
		key = strings.ToLower(key)
		if _, twice := said[key]; !twice && slices.Contains([]string{"ty", "rs", "rp"}, key) {
			said[key] = value
		}
	}
	return said
}

// goodPath is a path that can stand in a link as it is.
var goodPath = regexp.MustCompile(`^[A-Za-z0-9_~-][A-Za-z0-9._~-]*(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$`)

// devices are those of which all is known that is needed to reach them.
func (a *answers) devices() (all []Found) {
	for instance, kind := range a.instances {
		s := a.services[instance]
		address := a.addresses[s.host]
		if s.port == 0 || !address.IsValid() {
			continue
		}
		said := a.texts[instance]
		path, usual := said["rs"], "eSCL"
		if kind == Printer || kind == EncryptedPrinter {
			path, usual = said["rp"], "ipp/print"
		}
		if path = strings.Trim(path, "/"); len(path) > 80 || !goodPath.MatchString(path) {
			path = usual
		}
		all = append(all, Found{Kind: kind, Name: plain(a.names[instance]), Model: plain(said["ty"]), Address: netip.AddrPortFrom(address, s.port), Path: path})
	}
	return all
}

// plain is a device's word as it can stand in a line.
func plain(word string) string {
	word = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(word, " "))), " ")
	if runes := []rune(word); len(runes) > 80 {
		return string(runes[:80])
	}
	return word
}

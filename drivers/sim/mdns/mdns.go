// Package mdns is the far end of finding devices on the network: a responder of
// multicast DNS that tells of devices, and lies when it is told to. It shares
// no code with what asks.
package mdns

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"

	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/net/ipv4"
)

// Service is what the responder tells of one device.
type Service struct {
	Kind, Name, Host string // "_uscan._tcp", "Office", "scanner"
	Port             uint16
	Address          netip.Addr
	Text             []string
	Sparse           bool // it tells each part only when it is asked for that
}

// Responder answers on one interface. It is safe for use by several goroutines.
type Responder struct {
	socket *net.UDPConn
	work   sync.WaitGroup

	mutex    sync.Mutex
	services []Service
	raw      [][]byte // sent before each answer
	asked    int
}

// Start starts a responder on an interface.
func Start(on net.Interface, services ...Service) (*Responder, error) {
	group := &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353}
	socket, err := net.ListenMulticastUDP("udp4", &on, group)
	if err != nil {
		return nil, fmt.Errorf("simulated responder: %w", err)
	}
	if err := ipv4.NewPacketConn(socket).SetMulticastInterface(&on); err != nil {
		return nil, errors.Join(fmt.Errorf("simulated responder: %w", err), socket.Close())
	}
	r := &Responder{socket: socket, services: services}
	r.work.Go(r.serve)
	return r, nil
}

// Say has the responder send bytes before each of its answers, whatever they are.
func (r *Responder) Say(packets ...[]byte) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.raw = packets
}

// Asked is how many questions came.
func (r *Responder) Asked() int {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.asked
}

// Close ends it.
func (r *Responder) Close() error {
	err := r.socket.Close()
	r.work.Wait()
	if err != nil {
		return fmt.Errorf("simulated responder: %w", err)
	}
	return nil
}

func (r *Responder) serve() {
	buffer := make([]byte, 9000)
	for {
		n, from, err := r.socket.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return
		}
		var question dnsmessage.Message
		if question.Unpack(buffer[:n]) != nil || question.Response {
			continue
		}
		r.mutex.Lock()
		r.asked++
		packets := append([][]byte(nil), r.raw...)
		services := r.services
		r.mutex.Unlock()
		if answer := Answer(question, services...); answer != nil {
			packets = append(packets, answer)
		}
		for _, packet := range packets {
			_, _ = r.socket.WriteToUDPAddrPort(packet, from) // whoever asked may be gone
		}
	}
}

// Answer is what a responder says to a question that came from a port of its own (RFC 6762, 6.7); nil when nothing was asked of it.
func Answer(question dnsmessage.Message, services ...Service) []byte {
	m := dnsmessage.Message{Header: dnsmessage.Header{ID: question.ID, Response: true, Authoritative: true}, Questions: question.Questions}
	for _, q := range question.Questions {
		for _, s := range services {
			answers, more := s.records(q)
			m.Answers, m.Additionals = append(m.Answers, answers...), append(m.Additionals, more...)
		}
	}
	if len(m.Answers) == 0 {
		return nil
	}
	packed, err := m.Pack()
	if err != nil {
		return nil // a test asked for what no packet holds
	}
	return packed
}

func (s Service) records(q dnsmessage.Question) (answers, more []dnsmessage.Resource) {
	head := func(name string, kind dnsmessage.Type) dnsmessage.ResourceHeader {
		return dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(name), Type: kind, Class: dnsmessage.ClassINET, TTL: 10}
	}
	of := s.Kind + ".local."
	instance, host := s.Name+"."+of, s.Host+".local."
	pointer := dnsmessage.Resource{Header: head(of, dnsmessage.TypePTR), Body: &dnsmessage.PTRResource{PTR: dnsmessage.MustNewName(instance)}}
	service := dnsmessage.Resource{Header: head(instance, dnsmessage.TypeSRV), Body: &dnsmessage.SRVResource{Port: s.Port, Target: dnsmessage.MustNewName(host)}}
	text := dnsmessage.Resource{Header: head(instance, dnsmessage.TypeTXT), Body: &dnsmessage.TXTResource{TXT: s.Text}}
	address := dnsmessage.Resource{Header: head(host, dnsmessage.TypeA), Body: &dnsmessage.AResource{A: s.Address.As4()}}
	is := func(name string, kind dnsmessage.Type) bool {
		return q.Type == kind && strings.EqualFold(q.Name.String(), name)
	}
	switch {
	case is(of, dnsmessage.TypePTR) && s.Sparse:
		return []dnsmessage.Resource{pointer}, nil
	case is(of, dnsmessage.TypePTR):
		return []dnsmessage.Resource{pointer}, []dnsmessage.Resource{service, text, address}
	case is(instance, dnsmessage.TypeSRV):
		return []dnsmessage.Resource{service}, []dnsmessage.Resource{address}
	case is(instance, dnsmessage.TypeTXT):
		return []dnsmessage.Resource{text}, nil
	case is(host, dnsmessage.TypeA):
		return []dnsmessage.Resource{address}, nil
	}
	return nil, nil
}

package lan

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/net/ipv4"
)

// Bounds of what one network may say.
const (
	largestPacket = 9000
	mostPackets   = 512
)

// rounds is how often a network is asked: answers get lost, and some devices tell each thing only when they are asked for it.
const rounds = 3

// ask asks in one network until ctx ends, from the second time on also for what the answers left out.
func (p place) ask(ctx context.Context, wait time.Duration) (found []Found, err error) {
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: p.here.Addr().AsSlice()})
	if err != nil {
		return nil, fmt.Errorf("ask in the network of %s: %w", p.on.Name, err)
	}
	defer func() {
		if closing := socket.Close(); err == nil && closing != nil {
			err = fmt.Errorf("ask in the network of %s: %w", p.on.Name, closing)
		}
	}()
	sender := ipv4.NewPacketConn(socket)
	if err := errors.Join(sender.SetMulticastInterface(&p.on), sender.SetMulticastTTL(255), sender.SetMulticastLoopback(true)); err != nil {
		return nil, fmt.Errorf("ask in the network of %s: %w", p.on.Name, err)
	}
	defer context.AfterFunc(ctx, func() { _ = socket.SetReadDeadline(time.Unix(1, 0)) })()
	told := newAnswers(p.here)
	if err := send(socket, told.questions(false)); err != nil {
		return nil, fmt.Errorf("ask in the network of %s: %w", p.on.Name, err)
	}
	again := time.AfterFunc(wait/(rounds+1), func() { _ = socket.SetReadDeadline(time.Unix(2, 0)) })
	defer again.Stop()
	asked := 1
	buffer := make([]byte, largestPacket)
	for range mostPackets {
		n, from, err := socket.ReadFromUDPAddrPort(buffer)
		switch {
		case err == nil:
			told.take(buffer[:n], from.Addr().Unmap())
		case ctx.Err() != nil || !errors.Is(err, os.ErrDeadlineExceeded) || asked == rounds:
			return told.devices(), nil
		default: // time to ask again
			asked++
			again.Reset(wait / (rounds + 1))
			if err := socket.SetReadDeadline(time.Time{}); err != nil {
				return told.devices(), fmt.Errorf("ask in the network of %s: %w", p.on.Name, err)
			}
			if ctx.Err() != nil { // it ended just before, and its mark was wiped away
				return told.devices(), nil
			}
			if err := send(socket, told.questions(true)); err != nil {
				return told.devices(), fmt.Errorf("ask in the network of %s: %w", p.on.Name, err)
			}
		}
	}
	return told.devices(), nil
}

func send(socket *net.UDPConn, questions []dnsmessage.Question) error {
	message := dnsmessage.Message{Header: dnsmessage.Header{ID: 0x6269}, Questions: questions}
	packed, err := message.Pack()
	if err != nil {
		return err
	}
	_, err = socket.WriteToUDP(packed, &group)
	return err
}

// near tells whether an address is of another machine in the network, or of this one on its loopback.
func near(here netip.Prefix, address netip.Addr) bool {
	return address.Is4() && here.Masked().Contains(address) && !address.IsMulticast() && !address.IsUnspecified()
}

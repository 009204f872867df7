package usbip

import (
	"encoding/binary"
	"unicode/utf16"
)

// Standard requests and descriptors (USB 2.0, chapter 9).
const (
	getStatus, clearFeature, setFeature                                = 0, 1, 3
	getDescriptor, getConfiguration, setConfiguration                  = 6, 8, 9
	getInterface, setInterface                                         = 10, 11
	deviceDescriptor, configurationDescriptor, stringDescriptor        = 1, 2, 3
	interfaceDescriptor, pipeDescriptor                                = 4, 5
	kindBits, standard                                          byte   = 0x60, 0
	toPipe                                                      byte   = 0x02
	bulk                                                        byte   = 2
	english                                                     uint16 = 0x0409
)

// control answers a request on the control pipe.
func (c *cable) control(r request) {
	r.setup.Data = r.data
	answer, ok := c.device.controlled(r.setup)
	if !ok {
		c.answer(r.number, answerToSubmit, stalled, 0, nil)
		return
	}
	if r.pipe&0x80 == 0 {
		c.answer(r.number, answerToSubmit, 0, len(r.data), nil)
		return
	}
	answer = answer[:min(len(answer), r.length)]
	c.answer(r.number, answerToSubmit, 0, len(answer), answer)
}

func (d *Device) controlled(s Setup) (answer []byte, ok bool) {
	if s.Type&kindBits != standard {
		if d.model.Control == nil {
			return nil, false
		}
		return d.model.Control(s)
	}
	switch s.Request {
	case getDescriptor:
		return d.model.descriptor(byte(s.Value>>8), byte(s.Value))
	case clearFeature:
		if s.Type == toPipe {
			d.resume(byte(s.Index))
			if d.model.Cleared != nil {
				d.model.Cleared(byte(s.Index))
			}
		}
		return nil, true
	case setFeature, setConfiguration, setInterface:
		return nil, true
	case getConfiguration:
		return []byte{1}, true
	case getInterface:
		return []byte{0}, true
	case getStatus:
		return []byte{1, 0}, true
	}
	return nil, false
}

func (m Model) descriptor(kind, index byte) (answer []byte, ok bool) {
	switch kind {
	case deviceDescriptor:
		answer = []byte{18, deviceDescriptor, 0, 2, 0, 0, 0, 64, 0, 0, 0, 0, 0, 1, 1, 2, 3, 1}
		binary.LittleEndian.PutUint16(answer[8:], m.Vendor)
		binary.LittleEndian.PutUint16(answer[10:], m.Product)
		if m.Serial == "" {
			answer[16] = 0
		}
		if m.Configuration != nil { // its interfaces belong together in groups (interface association)
			copy(answer[4:], []byte{0xEF, 2, 1})
		}
		return answer, true
	case configurationDescriptor:
		return m.configuration(), true
	case stringDescriptor:
		texts := []string{m.Maker, m.Name, m.Serial}
		if index == 0 {
			return binary.LittleEndian.AppendUint16([]byte{4, stringDescriptor}, english), true
		}
		if int(index) > len(texts) {
			return nil, false
		}
		answer = []byte{0, stringDescriptor}
		for _, unit := range utf16.Encode([]rune(texts[index-1])) {
			answer = binary.LittleEndian.AppendUint16(answer, unit)
		}
		answer[0] = byte(len(answer))
		return answer, true
	}
	return nil, false // no device here has a second speed
}

func (m Model) configuration() []byte {
	if m.Configuration != nil {
		return m.Configuration
	}
	all := []byte{
		9, configurationDescriptor, 0, 0, 1, 1, 0, 0xC0, 50,
		9, interfaceDescriptor, 0, 0, byte(len(m.Pipes)), m.Class, m.Subclass, m.Protocol, 0,
	}
	for _, pipe := range m.Pipes {
		all = append(all, 7, pipeDescriptor, pipe.Address, bulk)
		all = append(binary.LittleEndian.AppendUint16(all, pipe.Packet), 0)
	}
	binary.LittleEndian.PutUint16(all[2:], uint16(len(all)))
	return all
}

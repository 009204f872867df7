package settings

import (
	"errors"
	"path/filepath"
	"slices"
	"time"

	"bianmin/packaging/settings/schema"
	"bianmin/sync/seal"
	"bianmin/sync/standing"
)

// From says whose word a value is.
type From string

// Where values are from.
const (
	FromDefault  From = "default"
	FromProvince From = "province"
	FromHere     From = "here" // the machine's own file
)

// Why what stands in the machine's own file is not as it should be.
const (
	NotHere     = "not-here" // only the province sets this
	IsLocked    = "locked"   // the province allows no other value here
	OutOfBounds = "bounds"   // the value has not the form, or is not within what a machine may say
)

// Value is what counts of one setting, and all that was said about it, in normal form; "" is not said.
type Value struct {
	Key      string `json:"key"`
	Value    string `json:"value"`
	From     From   `json:"from"`
	Default  string `json:"default"`
	Province string `json:"province,omitempty"`
	Here     string `json:"here,omitempty"`
	Locked   bool   `json:"locked,omitempty"`
	// Problem is NotHere, IsLocked or OutOfBounds. What stands here does not count then beside the province's word.
	Problem string `json:"problem,omitempty"`
}

// Idle tells whether something stands here that does not count.
func (v Value) Idle() bool { return v.Here != "" && v.From != FromHere }

// Ruled is how the province's word and the machine's own come together.
type Ruled struct {
	Number  int64 // of the province's settings, 0 for none
	Made    time.Time
	Values  []Value // of every setting there is
	Unknown []string
	Refused standing.Refused
	// Problem says that the province's settings cannot be believed: then nothing of them counts.
	Problem error
}

// Value gives one setting; the zero Value for a name that is not known.
func (r Ruled) Value(name string) Value {
	if at := slices.IndexFunc(r.Values, func(v Value) bool { return v.Key == name }); at >= 0 {
		return r.Values[at]
	}
	return Value{}
}

// Join says what counts: the default, before it what the province set, before that what the machine set for itself
// where it may. While the province says nothing the machine's own word counts in any case.
func Join(local map[string]string, ruling standing.Ruling) []Value {
	all := make([]Value, 0, len(schema.Keys()))
	for _, key := range schema.Keys() {
		all = append(all, join(key, local[key.Name], ruling))
	}
	return all
}

func join(key schema.Key, here string, ruling standing.Ruling) Value {
	v := Value{Key: key.Name, Value: key.Default, From: FromDefault, Default: key.Default, Province: ruling.Values[key.Name], Here: here}
	v.Locked = slices.Contains(ruling.Locked, key.Name)
	if v.Province != "" {
		v.Value, v.From = v.Province, FromProvince
	}
	if here == "" {
		return v
	}
	normal, err := key.Read(here)
	if err == nil {
		v.Here = normal
	}
	_, outside := key.Local(here)
	switch {
	case v.Province != "" && !key.Here:
		v.Problem = NotHere
	case v.Locked:
		v.Problem = IsLocked
	case outside != nil:
		v.Problem = OutOfBounds
	}
	if v.Province == "" || v.Problem == "" {
		v.Value, v.From = v.Here, FromHere
	}
	return v
}

// With says what would count if the province set something else.
func (r Ruled) With(ruling standing.Ruling) []Value {
	local := map[string]string{}
	for _, v := range r.Values {
		if v.Here != "" {
			local[v.Key] = v.Here
		}
	}
	return Join(local, ruling)
}

// fields are where the settings stand in the file: reading gives "" for what is not said.
var fields = map[string]struct {
	get func(*Settings) string
	set func(*Settings, string)
}{
	schema.Idle:   spanField(func(s *Settings) *time.Duration { return &s.Session.Idle }),
	schema.Warn:   spanField(func(s *Settings) *time.Duration { return &s.Session.Warn }),
	schema.Done:   spanField(func(s *Settings) *time.Duration { return &s.Session.Done }),
	schema.Lock:   spanField(func(s *Settings) *time.Duration { return &s.Desk.Lock }),
	schema.Phone:  wordField(func(s *Settings) *string { return &s.Phone }),
	schema.Log:    wordField(func(s *Settings) *string { return &s.Log }),
	schema.Mirror: wordField(func(s *Settings) *string { return &s.Update.Mirror }),
	schema.Hours:  wordField(func(s *Settings) *string { return &s.Update.Hours }),

	schema.Cap:     wordField(func(s *Settings) *string { return &s.Link.Cap }),
	schema.Quiet:   wordField(func(s *Settings) *string { return &s.Link.Quiet }),
	schema.Metered: wordField(func(s *Settings) *string { return &s.Link.Metered }),
}

type field = struct {
	get func(*Settings) string
	set func(*Settings, string)
}

func wordField(at func(*Settings) *string) field {
	return field{get: func(s *Settings) string { return *at(s) }, set: func(s *Settings, text string) { *at(s) = text }}
}

func spanField(at func(*Settings) *time.Duration) field {
	get := func(s *Settings) string {
		switch d := *at(s); {
		case d == 0:
			return ""
		case d%time.Second != 0:
			return d.String()
		default:
			return schema.Span(d)
		}
	}
	return field{get: get, set: func(s *Settings, text string) {
		if d, err := time.ParseDuration(text); err == nil { // it was read by the schema
			*at(s) = d
		}
	}}
}

// local is what the file says of the settings.
func (s *Settings) local() map[string]string {
	said := map[string]string{}
	for name, f := range fields {
		if text := f.get(s); text != "" {
			said[name] = text
		}
	}
	return said
}

// rule lets count what the province set.
func (s *Settings) rule() {
	ruling, refused, err := province(s.Data)
	s.count(ruling)
	s.Ruled.Refused, s.Ruled.Problem = refused, err
}

// count puts what counts into the fields. A value of the file's own stays as it stands there.
func (s *Settings) count(ruling standing.Ruling) {
	s.Ruled = Ruled{Number: ruling.Number, Made: ruling.Made, Values: Join(s.local(), ruling), Unknown: ruling.Unknown}
	for _, v := range s.Ruled.Values {
		if f, there := fields[v.Key]; there && v.From != FromHere {
			f.set(s, v.Value)
		}
	}
}

// province reads what the province set for the terminal whose data lie in a folder; nothing where none is enrolled.
func province(data string) (standing.Ruling, standing.Refused, error) {
	keys := filepath.Join(data, "keys")
	identity, err := seal.LoadPublic(keys)
	if errors.Is(err, seal.ErrNotEnrolled) {
		return standing.Ruling{}, standing.Refused{}, nil
	}
	if err != nil {
		return standing.Ruling{}, standing.Refused{}, err
	}
	who := standing.Of(identity)
	ruling, err := standing.Load(keys, who)
	refused, err2 := standing.LoadRefused(keys, who)
	return ruling, refused, errors.Join(err, err2)
}

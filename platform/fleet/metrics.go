package fleet

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"bianmin/platform/registry"
)

// collector asks the registry for one scrape; nothing is kept between two.
type collector struct {
	f   *Fleet
	ctx context.Context // of the scrape: the interface of collectors hands none down
}

func (f *Fleet) metrics(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), scrapeTimeout)
	defer cancel()
	gathered := prometheus.NewRegistry()
	if err := gathered.Register(&collector{f: f, ctx: ctx}); err != nil {
		f.fail(w, r, err)
		return
	}
	promhttp.HandlerFor(gathered, promhttp.HandlerOpts{}).ServeHTTP(w, r)
}

// scrapeTimeout bounds what one scrape may ask of the database.
const scrapeTimeout = 10 * time.Second

func terminalMetric(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("bianmin_terminal_"+name, help, append([]string{"terminal"}, labels...), nil)
}

var (
	metricUp      = prometheus.NewDesc("bianmin_registry_up", "1 when the platform's database answered this scrape.", nil, nil)
	metricPackets = prometheus.NewDesc("bianmin_packets", "Packets the platform holds, by state.", []string{"state"}, nil)
	metricInfo    = terminalMetric("info", "Always 1; what the terminal is.", "generation", "role", "region", "point", "software")
	metricOut     = terminalMetric("out", "1 when the terminal is barred or its certificates are revoked.")
	metricSeen    = terminalMetric("last_heartbeat_timestamp_seconds", "When the platform last heard the terminal, by its own clock.")
	metricWaiting = terminalMetric("waiting_packets", "Packets that wait at the terminal.")
	metricRefused = terminalMetric("refused_packets", "Packets the platform refused and nobody has settled.")
	metricOldest  = terminalMetric("oldest_waiting_seconds", "Age of the oldest waiting packet when the heartbeat was sent; 0 when none waits.")
	metricHeld    = terminalMetric("held_packets", "Packets put aside by hand, or behind a refused opening.")
	metricBytes   = terminalMetric("waiting_bytes", "Bytes of the packets that wait at the terminal.")
	metricTrouble = terminalMetric("trouble_seconds", "How long the terminal did not reach the platform, the last time.", "why")
	metricEdition = terminalMetric("catalogue_edition", "Number of the catalogue's edition in force; 0 for none of the province's.")
	metricClock   = terminalMetric("clock_offset_seconds", "How far the terminal's clock is ahead of the platform's, the way of the heartbeat included.")
	metricFree    = terminalMetric("disk_free_bytes", "Free space where the terminal keeps its data.")
	metricTotal   = terminalMetric("disk_total_bytes", "Size of that file system.")
	metricDevice  = terminalMetric("device", "Always 1; what a device last said of itself.", "device", "condition", "paper", "fault")
	metricRuled   = terminalMetric("settings_number", "Number of the province's settings that the terminal says it holds; 0 for none.")
	metricWanted  = terminalMetric("settings_wanted_number", "Number of the settings that are for the terminal.")
	metricFinding = terminalMetric("finding", "1 per kind of thing the fleet page says of the terminal.", "kind")
)

var described = []*prometheus.Desc{
	metricUp, metricPackets, metricInfo, metricOut, metricSeen, metricWaiting, metricRefused, metricOldest, metricHeld, metricBytes, metricTrouble, metricEdition, metricClock, metricFree, metricTotal,
	metricDevice, metricRuled, metricWanted, metricFinding,
}

// Describe names the metrics.
func (c *collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range described {
		to <- d
	}
}

// Collect reads them.
func (c *collector) Collect(to chan<- prometheus.Metric) {
	members, err := c.f.Registry.Fleet(c.ctx)
	var counts map[registry.State]int
	if err == nil {
		counts, err = c.f.Registry.Counts(c.ctx)
	}
	if err != nil {
		c.f.Log.Error("metrics failed", "error", err)
		gauge(to, metricUp, 0)
		return
	}
	gauge(to, metricUp, 1)
	for state, n := range counts {
		gauge(to, metricPackets, float64(n), string(state))
	}
	for _, l := range Judge(members, c.f.Limits, c.f.Now()) {
		l.tell(to)
	}
}

func gauge(to chan<- prometheus.Metric, d *prometheus.Desc, value float64, labels ...string) {
	to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
}

func (l Line) tell(to chan<- prometheus.Metric) {
	say := func(d *prometheus.Desc, value float64, labels ...string) {
		gauge(to, d, value, append([]string{l.Number}, labels...)...)
	}
	out := 0.0
	if l.Out() {
		out = 1
	}
	say(metricInfo, 1, l.Generation, l.Role, l.Region, l.Point, l.Software())
	say(metricOut, out)
	told := map[Kind]bool{}
	for _, f := range l.Findings {
		if !told[f.Kind] {
			say(metricFinding, 1, string(f.Kind))
		}
		told[f.Kind] = true
	}
	if l.Beat == nil {
		return
	}
	said, oldest := l.Beat.Said, 0.0
	if said.Oldest != nil {
		oldest = said.Time.Sub(*said.Oldest).Seconds()
	}
	say(metricSeen, float64(l.Beat.At.UnixMilli())/1000)
	say(metricWaiting, float64(said.Waiting))
	say(metricRefused, float64(said.Refused))
	say(metricOldest, oldest)
	say(metricClock, l.Beat.Offset().Seconds())
	say(metricEdition, float64(said.Catalogue))
	if o := said.Outbox; o != nil {
		say(metricHeld, float64(o.Held))
		say(metricBytes, float64(o.Bytes))
		if o.Trouble != nil {
			say(metricTrouble, o.Trouble.Until.Sub(o.Trouble.Since).Seconds(), o.Trouble.Why)
		}
	}
	say(metricWanted, float64(l.Ruled))
	if held := said.Settings; held != nil {
		say(metricRuled, float64(held.Number))
	}
	if said.Condition == nil {
		return
	}
	say(metricFree, float64(said.Condition.DiskFree))
	say(metricTotal, float64(said.Condition.DiskTotal))
	devices := map[string]bool{}
	for _, d := range said.Condition.Devices {
		if !devices[d.Role] { // a role that is told twice would make the whole scrape invalid
			say(metricDevice, 1, d.Role, d.Condition, d.Paper, d.Fault)
		}
		devices[d.Role] = true
	}
}

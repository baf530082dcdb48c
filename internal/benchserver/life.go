package main

import (
	"fmt"
	"time"

	"github.com/sluice-scan/sluice/scan"
)

const day = 24 * int64(time.Hour/time.Millisecond)

// life is when a finding came, was seen last, and went; gone is nil for one that is there.
type life struct {
	from, last int64
	gone       any
}

// lifeOf spreads findings over 500 days. Every fifth is gone after some weeks.
func lifeOf(finding int, now int64) life {
	age := int64(finding) * 7919 % 500
	l := life{from: now - age*day, last: now}
	if isGone(finding) {
		l.last = l.from + min(age, int64(finding)%60)*day
		l.gone = l.last
	}
	return l
}

func isGone(finding int) bool { return finding%5 == 0 }

// engineOf gives most findings to the first engine.
func engineOf(finding int) scan.Engine {
	engines := scan.Engines()
	return engines[max(0, finding%(3*len(engines))-2*len(engines))].Engine
}

// Names of which paths and people are made.
var (
	folders = []string{"src", "services", "internal", "lib", "app", "config", "test", "web", "charts", "scripts", "modules", "packages", "cmd", "tools", "docs"}
	parts   = []string{"billing", "orders", "search", "identity", "ledger", "gateway", "mail", "catalog", "stock", "report", "session", "audit", "invoice", "tenant", "media", "queue", "index", "portal", "sync", "metric"}
	endings = []string{"yml", "go", "java", "ts", "py", "json", "properties", "env", "xml", "tf"}
	given   = []string{"Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Frances", "Ken", "Margaret", "Tony"}
	family  = []string{"Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "Knuth", "Allen", "Thompson", "Hamilton", "Hoare"}
)

// pathOf gives the path of a finding. There are some 300,000 different ones; 50 findings are below a folder with a rare name.
func pathOf(finding int) string {
	n := finding * 31 % 307_200
	path := fmt.Sprintf("%s/%s/%s/%s-%d.%s", folders[n%15], parts[n/15%20], parts[n/300%20], parts[n/7%20], n/6000, endings[n%10])
	if finding%20_000 == 1 {
		return "deploy/" + path
	}
	return path
}

// authorOf gives one of 4,000 people.
func authorOf(finding int) string {
	n := finding * 17 % 4000
	return fmt.Sprintf("%s %s %d", given[n%10], family[n/10%10], n/100)
}

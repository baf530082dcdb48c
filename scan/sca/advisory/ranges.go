package advisory

import (
	"sort"

	"github.com/sluice-scan/sluice/scan"
)

// verdicts is an advisory with parsed versions, so that many versions can be checked against it.
type verdicts struct {
	ecosystem scan.Ecosystem
	ranges    []span
	// versions are affected by exact name. spelled are versions with possible alternative spellings, which matter only if
	// there are no ranges.
	versions map[string]bool
	spelled  []version
}

// span is a range.
type span struct {
	semver bool
	turns  []turn
	// limits are upper bounds: an affected version is below at least one of them. unlimited is true if there are none or one
	// is "*".
	limits    []version
	unlimited bool
}

// turn is an event. An event at the beginning of all versions has no version.
type turn struct {
	kind    turnKind
	start   bool
	version version
}

type turnKind int

const (
	introduced turnKind = iota
	fixed
	lastAffected
)

func newVerdicts(e scan.Ecosystem, a *Advisory) verdicts {
	d := verdicts{ecosystem: e}
	for i := range a.Ranges {
		d.ranges = append(d.ranges, newSpan(e, &a.Ranges[i]))
	}
	if len(a.Versions) > 0 {
		d.versions = make(map[string]bool, len(a.Versions))
		for _, text := range a.Versions {
			d.versions[cleanVersion(e, text)] = true
			if len(a.Ranges) > 0 {
				continue
			}
			if v, ok := parseVersion(e, text); ok {
				d.spelled = append(d.spelled, v)
			}
		}
	}
	return d
}

func newSpan(e scan.Ecosystem, r *Range) span {
	s := span{semver: r.Semver, unlimited: true}
	for i := range r.Events {
		event := &r.Events[i]
		if event.Limit != "" {
			v, ok := parseVersion(e, event.Limit)
			if event.Limit == "*" || !ok {
				continue
			}
			s.unlimited = false
			s.limits = append(s.limits, v)
			continue
		}
		t := turn{kind: introduced}
		text := event.Introduced
		switch {
		case event.Fixed != "":
			t.kind, text = fixed, event.Fixed
		case event.LastAffected != "":
			t.kind, text = lastAffected, event.LastAffected
		case text == "0":
			t.start = true
			s.turns = append(s.turns, t)
			continue
		}
		var ok bool
		if t.version, ok = parseVersion(e, text); ok {
			s.turns = append(s.turns, t)
		}
	}
	// Events of one version keep the order of the record.
	sort.SliceStable(s.turns, func(i, j int) bool {
		a, b := &s.turns[i], &s.turns[j]
		if a.start || b.start {
			return a.start && !b.start
		}
		c, ok := a.version.compare(&b.version, s.semver)
		return ok && c < 0
	})
	return s
}

// affects evaluates the ranges and versions (https://ossf.github.io/osv-schema/#evaluation).
func (d *verdicts) affects(v *version) bool {
	for i := range d.ranges {
		if d.ranges[i].holds(v) {
			return true
		}
	}
	if d.versions[v.text] {
		return true
	}
	for i := range d.spelled {
		if c, ok := v.compare(&d.spelled[i], false); ok && c == 0 {
			return true
		}
	}
	return false
}

func (s *span) holds(v *version) bool {
	below := s.unlimited
	for i := range s.limits {
		if c, ok := v.compare(&s.limits[i], s.semver); ok && c < 0 {
			below = true
		}
	}
	if !below {
		return false
	}
	affected := false
	for i := range s.turns {
		t := &s.turns[i]
		if t.start {
			affected = true
			continue
		}
		c, ok := v.compare(&t.version, s.semver)
		if !ok {
			continue
		}
		switch {
		case t.kind == introduced && c >= 0:
			affected = true
		case t.kind == fixed && c >= 0, t.kind == lastAffected && c > 0:
			affected = false
		}
	}
	return affected
}

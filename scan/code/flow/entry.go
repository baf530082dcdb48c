package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// entries are the functions to walk with arguments that are not known: those that are in no other function and from which a source and a sink
// can be reached. When the data is watched, no sink is asked for.
func (a *analysis) entries(start []*unit) (list []site) {
	for _, u := range start {
		sources, sinks := a.reach.sources.sections[u.at], a.reach.sinks.sections[u.at]
		if sources == nil || sinks == nil && a.watch == nil {
			continue
		}
		sections := a.world.web.outline(u.at).sections
		for i := range sections {
			if s := &sections[i]; s.function && sources.has(i) && (a.watch != nil || sinks.has(i)) {
				list = append(list, site{u.number, s.id})
			}
		}
	}
	return list
}

// bears reports whether a function, or the one around it, reaches a source or a sink.
func (a *analysis) bears(u *unit, function tree.ID) bool {
	i := int(a.world.web.outline(u.at).of(function))
	sources, sinks := a.reach.sources.sections[u.at], a.reach.sinks.sections[u.at]
	return i == 0 || sources.has(i) || sinks.has(i)
}

// ends are where the sources and sinks begin.
func (p *Places) ends() Ends { return Ends{starts(p.Sources), starts(p.Sinks)} }

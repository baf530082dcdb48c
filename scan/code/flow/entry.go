package flow

// entries are the functions to walk with arguments that are not known: those that stand in no other function and from which a source and a sink
// can be reached. What a function reaches is told by the names that it mentions, and by what these stand for in other files. A source outside of
// all functions can be reached from each. When the data is watched, no sink is asked for.
func (a *analysis) entries(start []*unit) (list []site) {
	for _, u := range start {
		o := a.outline(u.known)
		sources := o.reach(u.marks.sources, a.query.ToSource, true)
		sinks := o.reach(u.marks.sinks, a.query.ToSink, false)
		for i := range o.sections {
			if s := &o.sections[i]; s.function && sources[i] && (sinks[i] || a.watch != nil) {
				list = append(list, site{u.number, s.id})
			}
		}
	}
	return list
}

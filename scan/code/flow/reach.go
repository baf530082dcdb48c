package flow

import (
	"cmp"
	"slices"
)

// Ends are where in one file the sources and the sinks of a rule begin, as offsets.
type Ends struct{ Sources, Sinks []uint32 }

// Reach says which parts of which files lead to a source of a rule, and which to a sink.
type Reach struct{ sources, sinks *Leading }

// Leading are the parts of files that lead to the sources of a rule, or to its sinks. It is immutable and safe for concurrent use.
type Leading struct {
	// sections are those of the files by their numbers; nil for none.
	sections map[int]sectionSet
}

// sectionSet is a set of small numbers. The nil set is empty.
type sectionSet []uint64

func newSectionSet(size int) sectionSet { return make(sectionSet, (size+63)/64) }

func (b sectionSet) has(i int) bool { return b != nil && b[i>>6]>>(i&63)&1 == 1 }

func (b sectionSet) add(i int) { b[i>>6] |= 1 << (i & 63) }

// Reach finds out from where the ends of a rule can be reached. Where are the files to which the flow may come, in any order.
func (w *Web) Reach(ends map[int]Ends, where []int) *Reach {
	sources, sinks := map[int][]uint32{}, map[int][]uint32{}
	for _, file := range where {
		sources[file], sinks[file] = ends[file].Sources, ends[file].Sinks
	}
	return NewReach(w.ToSources(sources, where), w.ToSinks(sinks, where))
}

// NewReach is the reach of a rule. Rules that share their sources or sinks share the parts that lead there.
func NewReach(sources, sinks *Leading) *Reach { return &Reach{sources, sinks} }

// ToSources finds the parts that lead to sources, which are offsets by the numbers of their files. Where are the files to which the flow may come, in any
// order; with a file, all those to which it leads.
func (w *Web) ToSources(ends map[int][]uint32, where []int) *Leading {
	return w.spread(ends, where, true)
}

// ToSinks is [Web.ToSources] for sinks.
func (w *Web) ToSinks(ends map[int][]uint32, where []int) *Leading {
	return w.spread(ends, where, false)
}

func (w *Web) spread(ends map[int][]uint32, where []int, toSources bool) *Leading {
	w.list(where)
	if w.inside == nil {
		w.inside, w.reaches, w.toldFile = make([]bool, len(w.outlines)), make([]sectionSet, len(w.outlines)), make([]bool, len(w.outlines))
	}
	s := &spread{web: w, toSources: toSources, told: map[uint64]struct{}{}, toldClass: map[told]struct{}{}}
	for _, file := range where {
		w.inside[file] = true
	}
	for _, file := range where {
		s.begin(file, ends[file])
	}
	s.run()
	w.work += s.work
	l := &Leading{sections: map[int]sectionSet{}}
	for _, file := range where {
		if w.reaches[file] != nil {
			l.sections[file] = w.reaches[file]
		}
		w.inside[file], w.reaches[file], w.toldFile[file] = false, nil, false
	}
	return l
}

// Start are the files in which walks begin, in their order: those with a part that leads to a source and to a sink.
func (r *Reach) Start() (list []int) {
	for file, sources := range r.sources.sections {
		sinks := r.sinks.sections[file]
		for i := range sinks {
			if sources[i]&sinks[i] != 0 {
				list = append(list, file)
				break
			}
		}
	}
	slices.Sort(list)
	return list
}

// spread goes from the ends of a rule against the calls.
type spread struct {
	web       *Web
	toSources bool
	queue     []part
	// told are the names of files whose users are known, and toldClass those of members of classes.
	told      map[uint64]struct{}
	toldClass map[told]struct{}
	work      int
}

// told is a name of a member of a class of a file.
type told struct{ file, name, class int32 }

// maxWork bounds the users of names that are looked at. Above it, each part is taken to lead to an end.
const maxWork = 30_000_000

// begin notes the sections in which ends lie.
func (s *spread) begin(file int, offsets []uint32) {
	if len(offsets) == 0 {
		return
	}
	if o := s.web.outline(file); o != nil {
		for _, offset := range offsets {
			s.visit(file, o.at(offset))
		}
	}
}

// visit notes that a section leads to an end.
func (s *spread) visit(file int, section int32) {
	sections := s.web.reaches[file]
	if sections == nil {
		sections = newSectionSet(len(s.web.outline(file).sections))
		s.web.reaches[file] = sections
	}
	if !sections.has(int(section)) {
		sections.add(int(section))
		s.queue = append(s.queue, part{int32(file), section})
	}
}

// run goes on until nothing is new.
func (s *spread) run() {
	for len(s.queue) > 0 {
		at := s.queue[len(s.queue)-1]
		s.queue = s.queue[:len(s.queue)-1]
		if s.work > maxWork {
			s.all()
			return
		}
		s.from(int(at.file), at.section)
	}
}

// all takes each part for one that leads to an end.
func (s *spread) all() {
	for file, inside := range s.web.inside {
		if o := s.web.outlines[file]; inside && o != nil {
			sections := newSectionSet(len(o.sections))
			for i := range o.sections {
				sections.add(i)
			}
			s.web.reaches[file] = sections
		}
	}
}

// from visits those who call a section, or what it leaves data in.
func (s *spread) from(file int, section int32) {
	o := s.web.outline(file)
	of := &o.sections[section]
	s.tell(file, of.name)
	if of.exported {
		s.tellFile(file)
	}
	if of.class != 0 {
		if of.head || of.name == of.class || s.web.unseen[of.name] {
			s.tell(file, of.class)
		}
		s.inherit(file, of.class, of.name)
	}
	for _, name := range of.writes {
		s.tell(file, name)
	}
	if of.head {
		s.work += len(o.sections)
		for i := range o.sections {
			if o.sections[i].class == of.class {
				s.visit(file, int32(i))
			}
		}
	}
	// Data reaches a sink also by what is left in a field or a global variable; and statements outside of functions leave it in anything.
	if !s.toSources || section == 0 {
		for _, name := range of.mentions {
			if o.gives(name) {
				s.tell(file, name)
			}
		}
	}
}

// tell visits those who mention a name of a file: in the file, and in those that lead to it.
func (s *spread) tell(file int, name int32) {
	if name == 0 {
		return
	}
	key := uint64(file)<<32 | uint64(name)
	if _, known := s.told[key]; known {
		return
	}
	s.told[key] = struct{}{}
	w := s.web
	users, aliases, hands, above := w.users[name], w.aliases[name], w.hands[name], w.above(file)
	// The shorter list decides on each: the files that know the name, or those that lead here.
	if len(above) < len(users) {
		s.work += len(above) + 1
		s.visitAll(w.using(file, name))
		for _, other := range above {
			if s.web.inside[other] {
				s.visitAll(w.using(other, name))
			}
		}
	} else {
		s.work += len(users)
		for _, user := range users {
			if s.mayLead(int(user.file), file) {
				s.visit(int(user.file), user.section)
			}
		}
	}
	if len(above) < len(aliases) {
		s.work += len(above) + 1
		s.tellAliases(file, name)
		for _, other := range above {
			if s.web.inside[other] {
				s.tellAliases(other, name)
			}
		}
	} else {
		s.work += len(aliases)
		for _, a := range aliases {
			if s.mayLead(int(a.file), file) {
				s.tell(int(a.file), a.here)
			}
		}
	}
	if len(above) < len(hands) {
		s.work += len(above)
		for _, other := range above {
			if s.web.inside[other] && w.outline(other).hands(name) {
				s.tell(other, name)
			}
		}
	} else {
		s.work += len(hands)
		for _, other := range hands {
			if other != file && s.mayLead(other, file) {
				s.tell(other, name)
			}
		}
	}
	s.work += len(w.handers[file])
	for _, other := range w.handers[file] {
		if s.web.inside[other] {
			s.tell(other, name)
		}
	}
}

// tellAliases tells the names under which a file knows one that another declares.
func (s *spread) tellAliases(file int, there int32) {
	o := s.web.outline(file)
	if o == nil {
		return
	}
	i, _ := slices.BinarySearchFunc(o.aliases, there, func(a alias, there int32) int { return cmp.Compare(a.there, there) })
	for ; i < len(o.aliases) && o.aliases[i].there == there; i++ {
		s.tell(file, o.aliases[i].here)
	}
}

func (s *spread) visitAll(users []part) {
	for _, user := range users {
		s.visit(int(user.file), user.section)
	}
}

// mayLead reports whether the flow may come from a file to another, or that they are one.
func (s *spread) mayLead(from, to int) bool { return s.web.inside[from] && s.web.leads(from, to) }

// tellFile visits those who mention a file as a whole, by the name that they give to it.
func (s *spread) tellFile(file int) {
	if s.web.toldFile[file] {
		return
	}
	s.web.toldFile[file] = true
	for _, above := range s.web.above(file) {
		if s.web.inside[above] {
			s.tellAliases(above, 0)
		}
	}
}

// inherit visits those who mention a member of a class in the files of the classes below it.
func (s *spread) inherit(file int, class, name int32) {
	key := told{int32(file), name, class}
	if name == 0 {
		return
	}
	if _, known := s.toldClass[key]; known {
		return
	}
	s.toldClass[key] = struct{}{}
	heads := s.web.heads[class]
	s.work += len(heads)
	for _, user := range heads {
		if s.mayLead(int(user.file), file) {
			s.tell(int(user.file), name)
			s.inherit(int(user.file), s.web.outline(int(user.file)).sections[user.section].class, name)
		}
	}
}

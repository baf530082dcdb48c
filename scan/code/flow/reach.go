package flow

import "slices"

// Ends are where in one file the sources and the sinks of a rule begin, as offsets.
type Ends struct{ Sources, Sinks []uint32 }

// Reach says which parts of which files lead to a source of a rule, and which to a sink.
type Reach struct {
	web            *Web
	sources, sinks map[int][]bool
}

// Reach finds out from where the ends of a rule can be reached. Where are the files to which the flow may come, in any order.
func (w *Web) Reach(ends map[int]Ends, where []int) *Reach {
	w.list(where)
	inside := make(map[int]bool, len(where))
	for _, file := range where {
		inside[file] = true
	}
	r := &Reach{web: w, sources: map[int][]bool{}, sinks: map[int][]bool{}}
	for _, to := range []*spread{{reaches: r.sources, toSources: true}, {reaches: r.sinks}} {
		to.web, to.inside, to.told = w, inside, map[told]bool{}
		for _, file := range where {
			if to.toSources {
				to.begin(file, ends[file].Sources)
			} else {
				to.begin(file, ends[file].Sinks)
			}
		}
		to.run()
	}
	return r
}

// Start are the files in which walks begin, in their order: those with a part that leads to a source and to a sink.
func (r *Reach) Start() (list []int) {
	for file, sources := range r.sources {
		sinks := r.sinks[file]
		for i := range sinks {
			if sources[i] && sinks[i] {
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
	inside    map[int]bool
	toSources bool
	reaches   map[int][]bool
	queue     []part
	told      map[told]bool
	work      int
}

// told is a name of a file, with the class that it is a member of, whose users are known.
type told struct {
	file        int
	name, class int32
}

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
	flags := s.reaches[file]
	if flags == nil {
		flags = make([]bool, len(s.web.outline(file).sections))
		s.reaches[file] = flags
	}
	if !flags[section] {
		flags[section] = true
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
	for file := range s.inside {
		if o := s.web.outline(file); o != nil {
			flags := make([]bool, len(o.sections))
			for i := range flags {
				flags[i] = true
			}
			s.reaches[file] = flags
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
	if name == 0 || s.told[told{file: file, name: name}] {
		return
	}
	s.told[told{file: file, name: name}] = true
	users, above := s.web.users[name], s.web.above(file)
	if len(above) < len(users) {
		s.work += len(above) + 1
		s.visitAll(s.web.using(file, name))
		for _, other := range above {
			if s.inside[other] {
				s.visitAll(s.web.using(other, name))
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
	for _, a := range s.web.aliases[name] {
		if s.mayLead(int(a.file), file) {
			s.tell(int(a.file), a.here)
		}
	}
	for _, list := range [][]int{s.web.hands[name], s.web.handAll} {
		for _, other := range list {
			if other != file && s.mayLead(other, file) {
				s.tell(other, name)
			}
		}
	}
}

func (s *spread) visitAll(users []part) {
	for _, user := range users {
		s.visit(int(user.file), user.section)
	}
}

// mayLead reports whether the flow may come from a file to another, or that they are one.
func (s *spread) mayLead(from, to int) bool { return s.inside[from] && s.web.leads(from, to) }

// tellFile visits those who mention a file as a whole, by the name that they give to it.
func (s *spread) tellFile(file int) {
	if s.told[told{file: file}] {
		return
	}
	s.told[told{file: file}] = true
	for _, above := range s.web.above(file) {
		if o := s.web.outline(above); s.inside[above] && o != nil {
			for _, a := range o.aliases {
				if a.there == 0 {
					s.tell(above, a.here)
				}
			}
		}
	}
}

// inherit visits those who mention a member of a class in the files of the classes below it.
func (s *spread) inherit(file int, class, name int32) {
	key := told{file, name, class}
	if name == 0 || s.told[key] {
		return
	}
	s.told[key] = true
	for _, user := range s.web.users[class] {
		below := &s.web.outline(int(user.file)).sections[user.section]
		if below.head && below.class != class && s.mayLead(int(user.file), file) {
			s.tell(int(user.file), name)
			s.inherit(int(user.file), below.class, name)
		}
	}
}

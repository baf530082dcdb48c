// Package flow follows data from where rules say that it is dangerous to where they say that it must not arrive: through functions, objects,
// closures and files. Start with [Find] for one file and [FindAcross] for several; [World.Run] is the same below rules' formulas.
//
// # How it walks
//
// It walks the tree as the program would run: statements in order, both branches of a condition and their join, loops until nothing changes. A
// call of a function whose code is there is followed with the values that it is called with; any other hands on what its arguments hold, unless
// the tables of words.go say what it moves. Each function from which a source can be reached by names is walked once with arguments that are
// not known, so that what only a framework calls is walked too.
//
// # What it knows
//
// A [value] has the sources that it comes from, the entities that it may be (objects, functions, classes, files), and the constant that it is.
// A [place] is a variable of a call, or a part of an object; a [state] says what places hold. Variables hold references, as the languages do:
// two names of one object see the same parts. Constants close branches and choose elements. Where a rule asks for guards, a check that compares
// with constants cleans.
//
// # Bounds
//
// Steps are counted, never time, so that the result does not depend on the machine. What is not followed to its end is named in [Result.Cut].
// Nothing depends on the order of maps.
//
// The terms are those of https://semgrep.dev/docs/writing-rules/data-flow/taint-mode/overview.
package flow

package rule

import "strings"

// refusedKeys are keys that have a meaning to semgrep which this program cannot honour, each with what to do.
var refusedKeys = map[string]string{
	"pattern-where-python":            "\"pattern-where-python\" runs code of the rule, which is not supported; write a metavariable-comparison",
	"join":                            "rules that join others (\"join\") are not supported",
	"extract":                         "rules that extract code (\"extract\") are not supported",
	"steps":                           "rules of several steps (\"steps\") are not supported",
	"validators":                      "validators call services, which is not supported; the engine for secrets verifies credentials",
	"r2c-internal-project-depends-on": "conditions on dependencies are not supported here; the engine for dependencies reads lock files",
	"metavariable-regexp":             "\"metavariable-regexp\" is not a key; write metavariable-regex",
	"equivalences":                    "\"equivalences\" is not supported; write the alternatives with pattern-either",
	"<<":                              "merged mappings (\"<<\") are not supported; write the keys out",
}

func flag(name, without, meaning string, field func(*Options) *bool) Option {
	return Option{Name: name, Default: without, Meaning: meaning, set: func(r *reader, o *Options, v value) {
		*field(o) = r.truth(v, *field(o))
	}}
}

// on and off are options that are on or off where a rule does not say.
func on(name, meaning string, field func(*Options) *bool) Option {
	return flag(name, "true", meaning, field)
}
func off(name, meaning string, field func(*Options) *bool) Option {
	return flag(name, "false", meaning, field)
}

// limit is an option that bounds the time of a rule elsewhere. Here budgets count steps, so that results do not depend on
// the machine.
func limit(name string) Option {
	return Option{Name: name, Meaning: "Read and without effect: a rule here has a budget of steps, not of time.", set: func(r *reader, _ *Options, v value) {
		if r.scalar(v) == nil {
			r.refuse(v, "%s is a number", named(v))
		}
	}}
}

// choice is an option with one of some words.
func choice(name, meaning string, set func(o *Options, word string), words ...string) Option {
	return Option{Name: name, Default: words[0], Meaning: meaning, set: func(r *reader, o *Options, v value) {
		word := r.text(v)
		for _, w := range words {
			if w == word {
				set(o, word)
				return
			}
		}
		r.refuse(v, "%s is one of %s", named(v), strings.Join(words, ", "))
	}}
}

//go:build race

package engine_test

// underRace is true when the program is many times slower: what is measured in gigabytes then takes a part of them. The CI measures the
// whole in a run without the race detector.
const underRace = true

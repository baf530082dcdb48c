//go:build race

package engine_test

// underRace is true if the race detector makes the program many times slower. Tests that measure gigabytes then use less
// data. The CI also runs them in full without the race detector.
const underRace = true

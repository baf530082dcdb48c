//go:build race

package secret

// underRace is true when pools (sync.Pool, and regexp's own) forget some of what they hold by chance, so that
// allocations cannot be counted. The CI counts them in a run without the race detector.
const underRace = true

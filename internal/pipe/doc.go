// Package pipe is the pipe command: environment, Config, and the four hops from a commit to a published report.
//
// [Load] reads the configuration, [Open] finds what to scan and what to compare it with, [Scan] runs the detectors, and
// [Run] is the whole pipe. `sluice scan` uses the same Load, Open and Scan, so that both find the same things. The
// package prints only to the writers it is given.
package pipe

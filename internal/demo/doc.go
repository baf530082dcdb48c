// Package demo fills a database with a made-up Bitbucket, in which branches are in every state. `sluice serve --demo` shows one; tests and
// pictures use the same code.
//
// [Fill] goes through the stores as a server does: it lists, queues, scans, and lists again after commits. A [World] says what is listed and
// what a scan finds. [Folder] is the world of the demo: git repositories that the real scanner reads.
package demo

// Package page holds one text under examination and what its path tells about it: the format, and whether it belongs to
// tests, lock files, translations or generated files.
package page

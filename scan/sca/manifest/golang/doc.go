// Package golang reads go.mod, go.work and vendor/modules.txt, and applies replacements.
package golang

// Package operations serves what the operators of the server need: settings, the log level, health, metrics, the audit
// log, and the description of the API. Each has its own type, because they share nothing.
package operations

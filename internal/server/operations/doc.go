// Package operations answers what the operators of the server need: settings, the level of the log, health, metrics, the audit log, and the
// description of the API. Each has a type of its own, because they use nothing of each other.
package operations

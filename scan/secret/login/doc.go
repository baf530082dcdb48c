// Package login holds the matchers of logins: URLs, headers, command lines, calls, statements of databases, and files that
// hold passwords. Each matcher reads around a literal that the detector has found on a page, and emits into a list.
package login

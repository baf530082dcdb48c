// Package ground is what the fakes of whole products stand on: git repositories that git http-backend serves, and the
// delivery of webhooks.
package ground

// Package scope defines what a caller may see. It also moves the data that refers to a place by name: "" for the
// instance, PAY for a project, PAY/api for a repository.
package scope

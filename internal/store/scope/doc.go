// Package scope says what a caller may see, and moves what is said of a place by its name: "" for the instance, PAY for a project,
// PAY/api for a repository.
package scope

// Package found holds what the matchers find in one text. A [List] collects candidates, resolves those that overlap, applies
// allow lists and turns the rest into findings. For a redactor it collects what must not be shown instead.
package found

// Package pattern holds the matchers of expressions: [Shapes] runs those of built-in rules around their literals, [Own] runs
// users' rules in windows, on lines and over whole files, with a time limit for expressions that are not RE2.
package pattern

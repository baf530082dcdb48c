// Package notation knows how file formats write names and values: which [Notation] a file has, which [Operator] stands
// between a name and its value, and where the value ends. [Text] reads a value at an offset. The package is pure.
package notation

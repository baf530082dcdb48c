// Package yaml is the front end for YAML: a parser by hand that takes any bytes, and its mode for patterns. The grammar is that
// of https://yaml.org/spec/1.2.2, with the words for truth values of version 1.1, which most tools read. Package tree says what
// a front end promises.
//
// A mapping is an Object of Pairs, a sequence an Array. A key without a tag is a String. A value without quotes is a Number, a
// Bool, a Null or a String by its text. A tag of the application is a Call of its name around the value. The alias of a scalar
// is that scalar again; other aliases are Names. Documents are items of the File.
//
// Files with the signs of a template are read as far as these let them: a line that is one expression of a template is left out, and
// a scalar may hold one.
package yaml

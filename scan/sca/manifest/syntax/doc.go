// Package syntax reads JSON, TOML, XML, YAML and the literals of programs with the position of everything in them. Its
// readers walk the bytes of a [document.Source] in linear time, refuse what is nested too deep, and never quote the file
// in an error.
package syntax

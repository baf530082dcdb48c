// Package odds says how much likelier a text was drawn at random than written by a person: a likelihood ratio of two models.
// One draws each character from the alphabet of a generator. The other writes words, names and identifiers, letter by letter;
// command train learns it from dictionaries and source code, and writes its table.
package odds

//go:generate go run ./train -check table_gen.go

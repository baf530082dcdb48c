// Package guess is the matcher that goes by names. [Names] reads a name, an operator and a value, and judges whether the
// value is what the name promises. It also reads tables and connection strings; [MatchPhrase] reads sentences.
package guess

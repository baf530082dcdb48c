// Package looks tells by the looks of a text what it is: whether a name promises a secret ([ClassifyName]), and whether a
// value is one ([Random], [Drawn], [StrongPassword], [Passphrase]) or stands for something else ([Reference], [Placeholder],
// [Location], [Pattern], [ExampleLike]). Every function is pure, takes time in proportion to its text, and allocates nothing
// that outlives it. None knows the file around the text: that is for the detector above.
package looks

// Package looks judges a text by its looks: whether a name promises a secret ([ClassifyName]), and whether a value is one
// ([Random], [Drawn], [StrongPassword], [Passphrase]) or something else ([Reference], [Placeholder], [Location], [Pattern],
// [ExampleLike]). Every function is pure, takes time in proportion to its text, and allocates nothing that outlives it.
// None knows the file around the text. The lists of words are files in words, one word a line.
package looks

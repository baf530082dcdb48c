package code

// KindOf is the language of a file by its name.
var KindOf = kindOf

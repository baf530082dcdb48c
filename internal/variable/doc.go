// Package variable reads a configuration from variables: those of the environment, flags of the same meaning, and what a
// repository's file says.
//
// A configuration is a struct of groups, each a struct whose fields have the tags env (the variable's name and default) and
// usage (what it is for, in a few words). [Load] fills it in, [Of] describes its variables for help texts and documents.
package variable

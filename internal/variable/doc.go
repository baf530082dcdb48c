// Package variable reads a configuration from variables: the environment, the equivalent flags, and the repository's
// file.
//
// A configuration is a struct of groups. Each group is a struct whose fields have the tags env (the variable's name and
// default) and usage (its purpose in a few words). [Load] fills in the configuration. [Of] describes its variables for
// help texts and documents.
package variable

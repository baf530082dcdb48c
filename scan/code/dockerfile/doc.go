// Package dockerfile is the front end for Dockerfiles: a reader by hand that takes any bytes, and its mode for patterns. The format
// is that of https://docs.docker.com/reference/dockerfile. Package tree says what a front end promises.
//
// An instruction is a Call of its name in capitals, and a statement. Its words are the arguments, as Strings without quotes; the signs
// of the shell between commands are words too. The exec form is one Array. ENV and LABEL with several pairs are several statements,
// each with a name and a value. Flags, and the tag, the digest and the alias of an image, are Attributes, which a pattern need not name.
package dockerfile

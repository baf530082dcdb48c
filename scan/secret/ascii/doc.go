// Package ascii tells what bytes are in ASCII, in a text of any encoding, and where lines and words end. It holds sets of
// lower-case words. Nothing in it allocates, apart from reading lists.
package ascii

// Package ascii asks of bytes what they are in ASCII, whatever the encoding of the text around them, and holds sets of
// lower-case words. Nothing in it allocates.
package ascii

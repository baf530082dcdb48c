// Package reviewed reads and writes files of reviewed texts, for the API and pages alike: which rows there may be, who may
// change what they name, and how the files look. The texts are secrets: no error quotes them.
package reviewed

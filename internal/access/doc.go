// Package access decides who calls and what they may do. The REST API and the pages ask it alike: it knows accounts, tokens, roles and
// places, and nothing of how an answer looks.
//
// [Control.SignIn] turns credentials into a [Caller]. [Control.Throttle] bounds how often the caller comes. [Places] finds the project and
// the repository that a caller may read. [Caller.May] says whether the caller has a [Permission] there.
package access

// Package access decides who calls and what they may do, for the REST API and pages alike. It knows accounts, tokens,
// roles and places, but not how an answer looks.
//
// [Control.SignIn] turns credentials into a [Caller]. [Control.Throttle] limits how often the caller calls. [Places]
// finds the projects and repositories that the caller may read. [Caller.May] says whether the caller has a [Permission]
// there. [CheckRole] says which role is possible at which place.
package access

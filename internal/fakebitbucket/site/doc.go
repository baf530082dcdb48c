// Package site is a whole Bitbucket Data Center for tests: one state behind its REST API, git over smart HTTP (by git
// http-backend) and webhooks. A push by git changes the answers of the API and fires webhooks. Reports, build statuses and
// comments are those of package fakebitbucket, behind the permissions of this one.
//
// Start with [New]; a [Site] is an http.Handler. What is not known about the real product is a field of [Behaviour].
// [Site.Intercept] injects faults into the API and git, [Site.Tamper] into the delivery of webhooks.
//
// Known, by its OpenAPI and its documentation: paging by nextPageStart; 401 with an AuthorisationException for a missing
// right; X-AUSERNAME on authenticated answers; application-properties without a credential; tokens of projects and
// repositories as Bearer only; the keys of events that webhooks accept, and the refusal of a whole webhook for an unknown
// one; signatures by HMAC-SHA256; the circuit breaker after five failures; DELETE with a hash of zeros.
//
// Every method is safe for concurrent use.
package site

// Package workspace is a whole Bitbucket Cloud for tests: one state behind REST 2.0, git over smart HTTP (by git
// http-backend), OAuth tokens and webhooks. A push by git changes the answers of the API and fires webhooks. Reports, build
// statuses and comments are those of package fakebitbucket, behind the permissions of this one.
//
// Start with [New]; [Site.Serve] puts it behind a proxy, through which programs reach api.bitbucket.org and bitbucket.org
// as in the real world, with certificates of an authority of its own. What is not known about the real product is a field
// of [Behaviour]. [Site.Intercept] injects faults into the API and git, [Site.Tamper] into the delivery of webhooks.
//
// Known, by the OpenAPI of Bitbucket Cloud and its documentation: UUIDs in braces and slugs name workspaces and
// repositories alike; fields cuts answers, and a list whose next was cut ends; lists across workspaces are gone (410,
// CHANGE-2770); access tokens may not ask for the user; 1,000 calls in a rolling hour for each group and credential, git
// apart; the user's name that git needs depends on the kind of the token; a webhook's secret is never returned; events over
// 256 KB are not sent; two more attempts follow at once after 5xx or silence, none after 4xx; hashes in pull requests have
// 12 characters.
//
// Every method is safe for concurrent use.
package workspace

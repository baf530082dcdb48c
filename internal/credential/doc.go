// Package credential gives connections what lets them into Bitbucket, at the moment when they need it.
//
// A connection asks its [Source] before each call of the API and before each fetch with git, and keeps nothing. So it does
// not matter to a connection whether people gave the server a token ([Static]), or whether a token is requested for each
// scan.
package credential

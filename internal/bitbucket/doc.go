// Package bitbucket is the one authenticated client for Bitbucket Cloud and Bitbucket Data Center. It handles the auth
// proxy of Pipelines, tokens and OAuth, retries, paging, and errors that say what to do.
//
// Start with [New]; every call goes through [Client.Do]. The package does not know reports or findings (see package
// insights), and it never logs or returns a credential. [FindProxy] finds the auth proxy that this process can reach.
package bitbucket

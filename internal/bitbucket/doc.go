// Package bitbucket is the one authenticated client for Bitbucket Cloud and Bitbucket Data Center: the pipelines' auth
// proxy, tokens and OAuth, retries, errors that say what to do, and paging.
//
// Start with [New]; every call goes through [Client.Do]. The package knows nothing of reports or findings (see package
// insights), and it never logs or returns a credential. [FindProxy] tells which auth proxy this process can reach.
package bitbucket

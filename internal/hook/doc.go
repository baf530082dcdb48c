// Package hook checks the content of a push for secrets before a git server accepts it. It is the logic of a pre-receive
// hook (githooks(5)). Read the input with [ReadUpdates], get [Settings] from a [Source] (a [File] or a [Server]), and
// call [Check]. [Message] turns the [Report] into text for the user who pushes, and [Entries] into lines for the audit
// log, which [Server.Report] sends.
//
// The package reads the repository and its quarantine. It runs no git command and no hook, and reads no git
// configuration. Only the server's administrator controls the check, never the content of the push.
package hook

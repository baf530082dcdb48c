// Package hook checks what a push brings for secrets, before a git server accepts it: the logic of a pre-receive hook
// (githooks(5)). Read the input with [ReadUpdates], get [Settings] from a [Source] (a [File], a [Server]), and call [Check];
// [Message] puts the [Report] into words for whoever pushes, and [Entries] into lines for the audit, which
// [Server.Report] sends.
//
// It reads the repository and its quarantine, and runs nothing: no git, no hook, and nothing of git's configuration.
// What decides comes from the server's administrator, never from what is pushed.
package hook

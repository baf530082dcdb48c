// Package dashboard shows people in a browser what is secure, what is not, and what nobody has looked at: the instance and its projects, the
// repositories of a project, the branches of a repository. From there they start scans.
//
// It stands beside the REST API: it reads the same rooms of the store, and asks the same internal/access who calls and what they may do. It
// calls no API. [New] puts it together; the server hands it every request that is not the API's.
//
// Pages are HTML from templates and need no script. Their policy allows the style and the pictures of this server, and nothing else.
package dashboard

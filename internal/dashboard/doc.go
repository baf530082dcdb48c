// Package dashboard shows people in a browser what is secure, what is not, and what nobody has looked at, and lets them act on it.
//
// It stands beside the REST API: it reads the same rooms of the store, and asks the same internal/access who calls and what they may do. It
// calls no API. [New] puts it together; the server hands it every request that is not the API's.
//
// Package page is what all pages have in common; each of the other folders is a room with the pages of one noun. Pages are HTML from
// templates and can be read without scripts. Their policy allows the style and the pictures of this server, and nothing else.
package dashboard

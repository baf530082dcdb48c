// Package handover takes a credential from the node that receives it to the node that needs it, over the database, which
// never sees it.
//
// The node that needs a credential asks with a key that lives in its memory alone ([Desk.Ask]). The node that receives one
// seals it for that key ([Desk.Fill]), and only the one that asked can open it ([Request.Wait]), once and within a minute.
// When that node ends, nobody can open the answer.
package handover

package settings

// The scopes of a repository's status: which of its branches count for it.
const (
	RollupAll     = "ALL"
	RollupDefault = "DEFAULT"
	RollupPattern = "PATTERN"
)

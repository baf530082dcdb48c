package settings

// The values of rollupScope: which branches count for the status of their repository.
const (
	RollupAll     = "ALL"
	RollupDefault = "DEFAULT"
	RollupPattern = "PATTERN"
)

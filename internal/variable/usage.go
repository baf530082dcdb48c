package variable

// UsageError is a problem that the person who called has to solve; commands exit with 2 for it.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap gives the problems.
func (e *UsageError) Unwrap() error { return e.Err }

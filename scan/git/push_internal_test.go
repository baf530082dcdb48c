package git

import "testing"

// LimitPushEntries lowers the limit of entries for one push.
func LimitPushEntries(_ *testing.T, p *Push, limit int) { p.maxEntries = limit }

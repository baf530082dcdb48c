package status

// OpenCounts is open findings by severity.
type OpenCounts struct{ Critical, High, Medium, Low int }

// Total adds them up.
func (o OpenCounts) Total() int { return o.Critical + o.High + o.Medium + o.Low }

package figure

import "github.com/sluice-scan/sluice/internal/store/catalog"

// scanClasses are the classes of scan statuses: what needs nobody, what somebody may want to see, what went wrong.
var scanClasses = map[catalog.ScanStatus]string{
	catalog.ScanNotScanned: "quiet", catalog.ScanQueued: "busy", catalog.ScanScanning: "busy", catalog.ScanUpToDate: "good", catalog.ScanCommitsAgo: "old", catalog.ScanIncomplete: "old",
	catalog.ScanCancelled: "quiet", catalog.ScanInternalError: "bad",
}

// ScanClass is the class of a scan status.
func ScanClass(s catalog.ScanStatus) string { return scanClasses[s] }

// ScanState is what happens with the scans of a branch.
type ScanState struct {
	// Words is the scan status, Class its class.
	Words, Class string
	// Progress is that of the running scan, with a percent sign; empty when no scan runs. Again is true when another scan
	// waits.
	Progress string
	Again    bool
}

// ScanStateOf says what happens with the scans of a branch.
func ScanStateOf(b *catalog.Branch) ScanState {
	s := ScanState{Words: b.Knowledge.ScanStatusText(), Class: ScanClass(b.Knowledge.ScanStatus()), Again: b.Running != 0 && b.Waiting != 0}
	if b.Running != 0 {
		s.Progress = Thousands(b.Progress) + "\u00a0%"
	}
	return s
}

package pipe

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret"
	"github.com/sluice-scan/sluice/scan/secret/verify"
)

// addVerify makes the scanner ask the providers of secrets, when VERIFY is set.
func (t *Target) addVerify(s *scan.Scanner) error {
	if !bool(t.Config.Scan.Verify) {
		return nil
	}
	if bool(t.Config.Report.DryRun) {
		t.note("verify-off", "VERIFY was left out, because DRY_RUN sends nothing")
		return nil
	}
	rules, err := secret.Verifications()
	if err != nil {
		return err
	}
	v := verify.New(rules, verify.Options{Transport: t.providers, Log: t.log})
	t.log.Warn("VERIFY is set: THE SECRETS THAT THIS SCAN FINDS ARE SENT to their providers, to learn whether they still work",
		"most", verify.DefaultMaxSecrets, "hosts", len(v.Hosts()))
	t.log.Debug("hosts that VERIFY may call", "hosts", strings.Join(v.Hosts(), " "))
	s.Verify = v.Verify
	return nil
}

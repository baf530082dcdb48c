package ruleset_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/ruleset"
	"github.com/sluice-scan/sluice/scan/secret"
)

func TestBuiltinNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"RSA": {"RSA_PRIVATE_KEY"}, "rsa_private_key": {"RSA_PRIVATE_KEY"}, "SSH": {"OPENSSH_PRIVATE_KEY"}, "SSH_PRIVATE_KEY": {"OPENSSH_PRIVATE_KEY"},
		"AWS_CLIENT_ID": {"AWS_ACCESS_KEY_ID", "AWS_TEMPORARY_KEY_ID"}, "NONE": nil, "": nil,
	} {
		require.ElementsMatch(t, want, ruleset.BuiltinRules(name), name)
	}
	require.Equal(t, "ACME_KEY_2", ruleset.RuleID("Acme key, 2"))
	require.Equal(t, "CUSTOM_RSA_PRIVATE_KEY", ruleset.RuleID("rsa private key"))
	require.Empty(t, ruleset.RuleID("鍵"))
}

// TestGlobalRulesStandBehindTheRepository follows docs.soteri.io.
func TestGlobalRulesStandBehindTheRepository(t *testing.T) {
	t.Parallel()
	global := []ruleset.Global{{ID: "ACME_KEY", Name: "acme key", Expression: "acme_[0-9]{8}"}, {ID: "BAD", Name: "bad", Expression: "("}, {ID: "LOOK", Name: "look", Expression: "(?<=x)y+z"}}
	ids := func(s *ruleset.Set) (list []string) {
		for _, r := range s.Rules {
			list = append(list, r.ID)
		}
		return list
	}
	var s ruleset.Set
	bad := s.AddGlobal(global, []string{"RSA_PRIVATE_KEY", "GONE"})
	require.Equal(t, []string{"ACME_KEY", "LOOK"}, ids(&s))
	require.ErrorContains(t, bad["BAD"], "expression: it is not valid")
	require.Equal(t, []string{"RSA_PRIVATE_KEY"}, s.Disable, "a rule that this version does not have is not asked for")
	_, err := secret.New(s.Options())
	require.NoError(t, err)

	s = ruleset.Set{}
	require.NoError(t, s.Read(ruleset.SoteriFile, []byte("rules: [RSA]\ncustom_rules: {acme key: 'ours_[0-9]+'}\n")))
	s.AddGlobal(global, []string{"RSA_PRIVATE_KEY"})
	require.Equal(t, []string{"ACME_KEY", "LOOK"}, ids(&s))
	require.Equal(t, "ours_[0-9]+", s.Rules[0].Expression)
	require.Empty(t, s.Disable, "the repository names it")

	s = ruleset.Set{}
	require.NoError(t, s.Read(ruleset.SoteriFile, []byte("inherit_custom_rules: false\n")))
	require.Len(t, s.Notes, 1)
	s.AddGlobal(global, nil)
	require.Empty(t, ids(&s))
	require.Empty(t, s.Notes, "it does change something")
}

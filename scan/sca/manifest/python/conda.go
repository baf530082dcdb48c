package python

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// CondaFormats are the files of conda. They list conda packages, for which there are no advisories, and pip packages.
var CondaFormats = []document.Format{
	{Name: "environment.yml", Match: isCondaEnvironment, Ecosystem: scan.EcosystemPyPI, Loose: true, Read: readCondaEnvironment},
}

func isCondaEnvironment(base, _ string) bool {
	name, ok := strings.CutSuffix(base, ".yml")
	if !ok {
		if name, ok = strings.CutSuffix(base, ".yaml"); !ok {
			return false
		}
	}
	return name == "conda" || name == "environment" || strings.HasPrefix(name, "environment-") || strings.HasPrefix(name, "environment_") ||
		strings.HasSuffix(name, "-environment") || strings.HasSuffix(name, "_environment")
}

// readCondaEnvironment reads "dependencies", in which {pip: [...]} holds requirements
// (https://docs.conda.io/projects/conda/en/latest/user-guide/tasks/manage-environments.html#creating-an-environment-file-manually).
// A file with that name but without such a list belongs to something else.
func readCondaEnvironment(s *document.Source) error {
	y, err := syntax.ReadYAML(s)
	if err != nil {
		return err
	}
	for _, item := range syntax.Items(syntax.Member(y.Root(), "dependencies")) {
		if item.Kind == yaml.ScalarNode {
			// channel::name=version=build
			text := item.Value[strings.LastIndex(item.Value, "::")+len("::"):]
			if !strings.Contains(item.Value, "::") {
				text = item.Value
			}
			name := text[:strings.IndexFunc(text+" ", func(r rune) bool { return strings.ContainsRune("=<>!~ [", r) })]
			if name == "python" || name == "pip" {
				continue
			}
			start, _ := y.Inner(item)
			s.Declare(document.Declaration{Name: name, Constraint: text[len(name):], Of: "conda", Rootless: true}, start, start+len(item.Value))
			continue
		}
		for _, requirement := range syntax.Items(syntax.Member(item, "pip")) {
			start, _ := y.Inner(requirement)
			declareRequirement(s, syntax.Scalar(requirement), start, false)
		}
	}
	return nil
}

package image

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// PipelineFormats are the files in which pipelines name images, actions and pipes.
var PipelineFormats = []document.Format{
	{Name: "bitbucket-pipelines.yml", Match: document.Named("bitbucket-pipelines.yml"), Read: readPipelines},
	{Name: "GitHub workflow", Match: isWorkflow, Read: readWorkflow},
}

// isWorkflow matches workflows and the files of actions
// (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax, .../metadata-syntax).
func isWorkflow(base, name string) bool {
	if base == "action.yml" || base == "action.yaml" {
		return true
	}
	extension := path.Ext(base)
	return (extension == ".yml" || extension == ".yaml") && (path.Dir(name) == ".github/workflows" || strings.HasSuffix(path.Dir(name), "/.github/workflows"))
}

// pipeline is a file that names images, actions and pipes.
type pipeline struct {
	*syntax.YAML
	s *document.Source
	// taken are the targets of aliases that have been read.
	taken map[*yaml.Node]bool
}

// readWorkflow reads the "uses" of the jobs and steps of a workflow, or of a composite action.
func readWorkflow(s *document.Source) error {
	text, err := syntax.ReadYAML(s)
	if err != nil {
		return err
	}
	y := &pipeline{YAML: text, s: s, taken: map[*yaml.Node]bool{}}
	syntax.Members(syntax.Member(y.Root(), "jobs"), func(_, job *yaml.Node) {
		y.addAction(syntax.Member(job, "uses"))
		y.addSteps(syntax.Member(job, "steps"))
		y.addContainer(syntax.Member(job, "container"))
		syntax.Members(syntax.Member(job, "services"), func(_, service *yaml.Node) { y.addImage(syntax.Member(service, "image")) })
	})
	runs := syntax.Member(y.Root(), "runs")
	y.addSteps(syntax.Member(runs, "steps"))
	if image := syntax.Member(runs, "image"); strings.HasPrefix(syntax.Scalar(image), "docker://") {
		y.addAction(image)
	}
	return nil
}

func (y *pipeline) addSteps(steps *yaml.Node) {
	for _, step := range syntax.Items(steps) {
		y.addAction(syntax.Member(step, "uses"))
	}
}

// addContainer adds an image, given as a name or as a mapping.
func (y *pipeline) addContainer(n *yaml.Node) {
	if image := syntax.Member(y.target(n), "image"); image != nil {
		n = image
	}
	y.addImage(n)
}

// target resolves an alias, one step only, and each target once; it returns nil for a target that was returned before.
func (y *pipeline) target(n *yaml.Node) *yaml.Node {
	if n == nil || n.Kind != yaml.AliasNode {
		return n
	}
	if y.taken[n.Alias] {
		return nil
	}
	y.taken[n.Alias] = true
	return n.Alias
}

// addAction adds the action of a "uses": "owner/name/folder@ref", "docker://image", or a folder of the project.
// Advisories identify an action by its repository
// (https://github.com/advisories?query=type%3Areviewed+ecosystem%3Aactions). A commit has a version if the comment after
// it names one, as tools that pin actions write it.
func (y *pipeline) addAction(n *yaml.Node) {
	n = y.target(n)
	text := syntax.Scalar(n)
	if image, ok := strings.CutPrefix(text, "docker://"); ok {
		y.addImageText(n, image, len("docker://"))
		return
	}
	name, ref, ok := strings.Cut(text, "@")
	owner, rest, isAction := strings.Cut(name, "/")
	repository, _, _ := strings.Cut(rest, "/")
	if !ok || !isAction || strings.HasPrefix(text, ".") || owner == "" || repository == "" || strings.Contains(text, "${{") {
		return
	}
	p := scan.Package{Ecosystem: scan.EcosystemActions, Name: owner + "/" + repository, Version: document.ExactSemver(ref), Relation: scan.RelationDirect}
	if len(ref) >= 40 && document.IsHex(ref) {
		p.Hash = "sha1:" + ref
		comment, _, _ := strings.Cut(strings.TrimLeft(n.LineComment, "# "), " ")
		// "# v4.1.0", "# tag=v4.1.0", "# actions/checkout@v4.1.0"
		comment = comment[strings.LastIndexAny(comment, "=@")+1:]
		p.Version = document.ExactSemver(comment)
	}
	y.addScalar(n, p, 0)
}

func (y *pipeline) addImage(n *yaml.Node) {
	n = y.target(n)
	y.addImageText(n, syntax.Scalar(n), 0)
}

func (y *pipeline) addImageText(n *yaml.Node, text string, skipped int) {
	if p, ok := imagePackage(text); ok {
		y.addScalar(n, p, skipped)
	}
}

// addScalar adds a package named by the text of a scalar, without its first skipped bytes.
func (y *pipeline) addScalar(n *yaml.Node, p scan.Package, skipped int) {
	start, end := y.Inner(n)
	y.s.Add(document.Entry{Package: p}, min(start+skipped, end-1), end)
}

// readPipelines reads all images and pipes of a bitbucket-pipelines.yml
// (https://support.atlassian.com/bitbucket-cloud/docs/bitbucket-pipelines-configuration-reference/).
func readPipelines(s *document.Source) error {
	text, err := syntax.ReadYAML(s)
	if err != nil {
		return err
	}
	y := &pipeline{YAML: text, s: s, taken: map[*yaml.Node]bool{}}
	return y.addPipes(y.Root(), 0)
}

func (y *pipeline) addPipes(n *yaml.Node, depth int) error {
	switch {
	case n == nil:
		return nil
	case depth > syntax.MaxDepth:
		return syntax.ErrDeep
	case n.Kind == yaml.SequenceNode:
		for _, item := range n.Content {
			if err := y.addPipes(item, depth+1); err != nil {
				return err
			}
		}
	}
	var failed error
	syntax.Members(n, func(key, value *yaml.Node) {
		switch {
		case failed != nil:
		case key.Value == "image":
			if value = y.target(value); value != nil && value.Kind == yaml.MappingNode {
				value = syntax.Member(value, "name")
			}
			y.addImage(value)
		case key.Value == "pipe":
			y.addPipe(y.target(value))
		case key.Value != "variables":
			failed = y.addPipes(value, depth+1)
		}
	})
	return failed
}

// addPipe adds "workspace/name:1.2.3", or "docker://image".
func (y *pipeline) addPipe(n *yaml.Node) {
	text := syntax.Scalar(n)
	if image, ok := strings.CutPrefix(text, "docker://"); ok {
		y.addImageText(n, image, len("docker://"))
		return
	}
	name, version, _ := strings.Cut(text, ":")
	if strings.Count(name, "/") != 1 || strings.ContainsAny(text, "$ ") {
		return
	}
	y.addScalar(n, scan.Package{Ecosystem: scan.EcosystemPipes, Name: name, Version: version, Relation: scan.RelationDirect}, 0)
}

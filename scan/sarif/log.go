package sarif

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
)

// The types of this file are the part of a SARIF log that this package reads or writes. Reading is lenient: a value of
// the wrong type counts as absent, because one odd field must not cost the whole log.

type tool struct {
	Driver     component   `json:"driver"`
	Extensions []component `json:"extensions,omitempty"`

	// Name and Version are here in the drafts of 2.0.
	Name    text `json:"name,omitempty"`
	Version text `json:"version,omitempty"`
}

type component struct {
	Name                 text               `json:"name"`
	FullName             text               `json:"fullName,omitempty"`
	Version              text               `json:"version,omitempty"`
	SemanticVersion      text               `json:"semanticVersion,omitempty"`
	InformationURI       text               `json:"informationUri,omitempty"`
	GUID                 text               `json:"guid,omitempty"`
	Rules                []rule             `json:"rules"`
	Notifications        []rule             `json:"notifications,omitempty"`
	GlobalMessageStrings map[string]message `json:"globalMessageStrings,omitempty"`
}

type rule struct {
	ID                   text               `json:"id"`
	GUID                 text               `json:"guid,omitempty"`
	Name                 text               `json:"name,omitempty"`
	ShortDescription     *message           `json:"shortDescription,omitempty"`
	FullDescription      *message           `json:"fullDescription,omitempty"`
	Help                 *message           `json:"help,omitempty"`
	HelpURI              text               `json:"helpUri,omitempty"`
	MessageStrings       map[string]message `json:"messageStrings,omitempty"`
	DefaultConfiguration *configuration     `json:"defaultConfiguration,omitempty"`
	Properties           *properties        `json:"properties,omitempty"`

	// Configuration has the default level in the drafts of 2.0.
	Configuration *configuration `json:"configuration,omitempty"`
}

type configuration struct {
	Level        text `json:"level,omitempty"`
	DefaultLevel text `json:"defaultLevel,omitempty"`
}

type properties struct {
	Tags             []text `json:"tags,omitempty"`
	SecuritySeverity text   `json:"security-severity,omitempty"`
	Precision        text   `json:"precision,omitempty"`
	Severity         text   `json:"severity,omitempty"`
	Confidence       text   `json:"confidence,omitempty"`
	Verified         text   `json:"verified,omitempty"`
	Engine           text   `json:"engine,omitempty"`
	Commit           text   `json:"commit,omitempty"`
	Source           text   `json:"source,omitempty"`
	Kind             text   `json:"kind,omitempty"`
	Category         text   `json:"category,omitempty"`
	Type             text   `json:"type,omitempty"`
}

type message struct {
	Text      text   `json:"text,omitempty"`
	Markdown  text   `json:"markdown,omitempty"`
	ID        text   `json:"id,omitempty"`
	Arguments []text `json:"arguments,omitempty"`
}

type result struct {
	RuleID              text              `json:"ruleId,omitempty"`
	RuleIndex           *integer          `json:"ruleIndex,omitempty"`
	Rule                *reference        `json:"rule,omitempty"`
	Kind                text              `json:"kind,omitempty"`
	Level               text              `json:"level,omitempty"`
	Message             message           `json:"message"`
	AnalysisTarget      *artifactLocation `json:"analysisTarget,omitempty"`
	Locations           []location        `json:"locations,omitempty"`
	CodeFlows           []codeFlow        `json:"codeFlows,omitempty"`
	RelatedLocations    []location        `json:"relatedLocations,omitempty"`
	Fingerprints        map[string]text   `json:"fingerprints,omitempty"`
	PartialFingerprints map[string]text   `json:"partialFingerprints,omitempty"`
	BaselineState       text              `json:"baselineState,omitempty"`
	// Suppressions is nil if nobody looked for any, and empty for a live result among suppressed ones: the standard
	// (3.27.23) requires it in all results of a run or in none.
	Suppressions *[]suppression `json:"suppressions,omitempty"`
	Provenance   *provenance    `json:"provenance,omitempty"`
	Properties   *properties    `json:"properties,omitempty"`

	// SuppressionStates is the form of Suppressions in the drafts of 2.0.
	SuppressionStates []text `json:"suppressionStates,omitempty"`
}

type provenance struct {
	InvocationIndex *integer `json:"invocationIndex,omitempty"`
}

// reference names a rule or a notification by id, index or guid, in the driver or in the component that it names.
type reference struct {
	ID            text                `json:"id,omitempty"`
	Index         *integer            `json:"index,omitempty"`
	GUID          text                `json:"guid,omitempty"`
	ToolComponent *componentReference `json:"toolComponent,omitempty"`
}

type componentReference struct {
	Name  text     `json:"name,omitempty"`
	Index *integer `json:"index,omitempty"`
	GUID  text     `json:"guid,omitempty"`
}

type location struct {
	PhysicalLocation *physicalLocation `json:"physicalLocation,omitempty"`
	LogicalLocations []logicalLocation `json:"logicalLocations,omitempty"`
	Message          *message          `json:"message,omitempty"`
}

type codeFlow struct {
	ThreadFlows []threadFlow `json:"threadFlows"`
}

type threadFlow struct {
	Locations []threadFlowLocation `json:"locations"`
}

type threadFlowLocation struct {
	Location location `json:"location"`
}

type logicalLocation struct {
	FullyQualifiedName text `json:"fullyQualifiedName,omitempty"`
	Name               text `json:"name,omitempty"`
	Kind               text `json:"kind,omitempty"`
}

type physicalLocation struct {
	ArtifactLocation *artifactLocation `json:"artifactLocation,omitempty"`
	Region           *region           `json:"region,omitempty"`

	// FileLocation is the name of ArtifactLocation in the drafts of 2.0.
	FileLocation *artifactLocation `json:"fileLocation,omitempty"`
}

// artifact returns the file of the location, under either name.
func (l *physicalLocation) artifact() *artifactLocation {
	if l.ArtifactLocation != nil {
		return l.ArtifactLocation
	}
	return l.FileLocation
}

type artifactLocation struct {
	URI         text     `json:"uri,omitempty"`
	URIBaseID   text     `json:"uriBaseId,omitempty"`
	Index       *integer `json:"index,omitempty"`
	Description *message `json:"description,omitempty"`
}

// baseLocation is an entry of originalUriBaseIds; an early draft of 2.0 has a plain string there.
type baseLocation struct{ artifactLocation }

func (b *baseLocation) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return b.URI.UnmarshalJSON(data)
	}
	return json.Unmarshal(data, &b.artifactLocation)
}

type region struct {
	StartLine   integer  `json:"startLine,omitempty"`
	StartColumn integer  `json:"startColumn,omitempty"`
	EndLine     integer  `json:"endLine,omitempty"`
	EndColumn   integer  `json:"endColumn,omitempty"`
	Snippet     *message `json:"snippet,omitempty"`

	// CharOffset and ByteOffset count from 0; nil if the region does not have them.
	CharOffset *integer `json:"charOffset,omitempty"`
	CharLength integer  `json:"charLength,omitempty"`
	ByteOffset *integer `json:"byteOffset,omitempty"`
	ByteLength integer  `json:"byteLength,omitempty"`
}

type suppression struct {
	Kind          text        `json:"kind"`
	Status        text        `json:"status,omitempty"`
	Justification text        `json:"justification,omitempty"`
	Location      *location   `json:"location,omitempty"`
	Properties    *properties `json:"properties,omitempty"`
}

type artifact struct {
	Location *artifactLocation `json:"location,omitempty"`
}

type invocation struct {
	ExecutionSuccessful            *bool             `json:"executionSuccessful,omitempty"`
	ToolExecutionNotifications     []notification    `json:"toolExecutionNotifications,omitempty"`
	ToolConfigurationNotifications []notification    `json:"toolConfigurationNotifications,omitempty"`
	RuleConfigurationOverrides     []override        `json:"ruleConfigurationOverrides,omitempty"`
	WorkingDirectory               *artifactLocation `json:"workingDirectory,omitempty"`
	ExitSignalName                 text              `json:"exitSignalName,omitempty"`
	ProcessStartFailureMessage     text              `json:"processStartFailureMessage,omitempty"`
}

// failed reports whether the invocation says that it did not finish. An invocation with notifications that are all
// warnings about single rules did run; some tools report it as not successful.
func (i *invocation) failed() bool {
	if i.ExecutionSuccessful == nil {
		return i.ExitSignalName != "" || i.ProcessStartFailureMessage != ""
	}
	if *i.ExecutionSuccessful {
		return false
	}
	notes := append(slices.Clone(i.ToolExecutionNotifications), i.ToolConfigurationNotifications...)
	return len(notes) == 0 || slices.ContainsFunc(notes, func(n notification) bool { return n.Level == "error" || n.AssociatedRule == nil })
}

type override struct {
	Configuration configuration `json:"configuration"`
	Descriptor    reference     `json:"descriptor"`
}

type notification struct {
	Descriptor     *reference `json:"descriptor,omitempty"`
	AssociatedRule *reference `json:"associatedRule,omitempty"`
	Level          text       `json:"level,omitempty"`
	Message        message    `json:"message"`
	Locations      []location `json:"locations,omitempty"`
}

type versionControl struct {
	RepositoryURI text `json:"repositoryUri"`
	RevisionID    text `json:"revisionId,omitempty"`
	Branch        text `json:"branch,omitempty"`
}

type automation struct {
	ID text `json:"id,omitempty"`
}

// text is a string. When read, a number counts as its digits, and any other value as absent.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	*t = ""
	switch {
	case len(data) == 0:
	case data[0] == '"':
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		*t = text(s)
	case data[0] == '-' || data[0] >= '0' && data[0] <= '9':
		*t = text(data)
	}
	return nil
}

// integer is a whole number. When read, 12.0 and "12" count as 12. Anything that is not a 32-bit number counts as -1,
// the standard's value for a missing index.
type integer int32

func (i *integer) UnmarshalJSON(data []byte) error {
	n, err := strconv.ParseFloat(string(bytes.Trim(data, `"`)), 64)
	if err != nil || n != math.Trunc(n) || math.Abs(n) > math.MaxInt32 {
		*i = -1
		return nil //nolint:nilerr // -1 means that there is no number
	}
	*i = integer(n)
	return nil
}

package check

// Func judges the match data[start:end], and looks at its surroundings when it needs them. Every check is pure.
type Func func(data []byte, start, end int) Verdict

// Named returns the check that rules call by a name; nil when there is none.
func Named(name string) Func { return named[name] }

// named holds the checks by the names that rules use.
var named = map[string]Func{
	"aws_key_id":      awsKeyID,
	"aws_secret":      awsSecret,
	"azure_marker":    azureMarker,
	"base64_json":     base64JSON,
	"base64_pair":     Base64Pair,
	"bech32":          bech32,
	"cisco_type7":     ciscoType7,
	"crypt_hash":      cryptHash,
	"discord":         discord,
	"github":          gitHub,
	"gitlab_routable": gitLabRoutable,
	"gocardless":      goCardless,
	"grafana_key":     grafanaKey,
	"hex_crc":         hexCRC,
	"jira_token":      jiraToken,
	"macaroon":        macaroon,
	"mixed":           mixed,
	"mixed_case":      mixedCase,
	"base62":          base62,
	"sas":             sharedAccessSignature,
	"storage_key":     storageKey,
	"bedrock":         bedrock,
}

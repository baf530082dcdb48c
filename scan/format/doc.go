// Package format writes a scan's result for people and programs: as text for a terminal, JSON, SARIF, CSV, JUnit XML,
// or as one self-contained HTML page; and its dependencies as an SBOM (CycloneDX, SPDX).
//
// Call [Write] with a [Name]. Every report begins or ends with the sentence of [scan.Gate.Verdict]. The package decides
// nothing: the gate says what blocks, and the result says what was found. No format contains a raw secret or reads a
// clock, and equal arguments give equal bytes.
//
// # JSON
//
// One object. Names are snake_case. Every field is present unless it is marked "optional", and lists are never null.
// Version 1 can only gain fields.
//
//	version        1
//	tool           {name, version}
//	repository     text
//	commit         full hash, "" for a directory
//	branch, target, pull_request  text, may be ""
//	base           {kind: "none" | "merge-base" | "destination" | "commit", commit}
//	gate           {fail_on: severity | "NONE", scope: "new" | "all" | ""}
//	verdict        {state: "safe" | "unsafe" | "unknown" | "ungated" | "not scanned", text, exit_code}
//	counts         live findings: {critical, high, medium, low, total, new}, and {suppressed, blocking}
//	engines        [{engine, critical, high, medium, low, total, new}] for each engine that ran
//	stats          {files, bytes, history_blobs, commits, base_blobs, symlinks, submodules, lfs, binary, oversize,
//	               archives, archived}; archived counts the files inside archives
//	notes          [{code, text}]
//	unread         [{engine, path, error}] what could not be read: the scan is not complete
//	unversioned    [{of, path, kind, reason, packages, advice}] packages without a known version, and files that are not read:
//	               reason is no-version, no-registry, not-read, no-advisories or constraint
//	failures       [{engine, path, error}] what an engine scanned only in part: the scan is not complete either
//	rules          [{id, engine, title, description, remediation, link, severity}] ordered by id
//	advisories_date  optional: the date of the advisories, RFC 3339 in UTC, if dependencies were looked up
//	findings       ordered worst first, live ones before suppressed ones
//	started        optional: RFC 3339 in UTC, with Options.Time
//	duration_ms    optional: with Options.Time
//
// A finding:
//
//	engine, rule, family, title, message, remediation, link  text; link is "" or an http(s) address
//	severity       "CRITICAL" | "HIGH" | "MEDIUM" | "LOW"
//	confidence     "certain" | "high" | "medium" | "low" | ""
//	path           slashes, relative to the root; bytes that are not UTF-8 become U+FFFD
//	path_uri       optional: the path percent-encoded, if it is not UTF-8
//	archive        path of the archive that contains the file, else ""; path is then "lib.jar!/app.properties"
//	start_line, start_column, end_line, end_column  from 1, columns in UTF-16 units, end_column after the last; 0 is unknown
//	excerpt        the first line, trimmed and redacted; mark_start and mark_end are byte offsets into its UTF-8
//	context        [{number, text}] the lines around it, redacted
//	related        a related place, or ""
//	commit         full hash if the text is only in the history, else ""
//	fingerprint    32 hex digits; occurrence counts its findings in one path from 1
//	new, blocks    true or false; blocks is the gate's decision
//	verified       "active" | "revoked" | "unknown", the answer of a secret's provider, or "" if it was not asked
//	suppression    null or {kind, reason, source}
//	dependency     optional: for findings about packages: ecosystem, name, version, purl, license; path and line where it is pinned; relation
//	               "direct" | "transitive" | ""; development; via, the direct dependency that brings it in; ids of the advisory;
//	               score and rated (CVSS), fix and major_fix, exploited and epss, imported "yes" | "no" | "called" | "not called" | ""
//	weaknesses     optional: of the form "CWE-89"
//	flow           optional: the way of data from its source to this finding: [{path, kind "source" | "step" | "sink", start_line,
//	               start_column, end_line, end_column, text}]
package format

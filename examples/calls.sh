#!/usr/bin/env bash
# Makes every call of the server's API that scripts have known for years, with curl, one after the other, and stops at the
# first that does not answer as it should.
#   SLUICE=https://sluice.example.com SLUICE_USER=admin SLUICE_PASSWORD=... examples/calls.sh PROJECT REPOSITORY [BRANCH]
# It scans, reviews a made-up text, makes and removes a rule: run it against a server of your own.
set -euo pipefail
server=${SLUICE:?the address of the server}
project=${1:?the key of a project} repository=${2:?a repository} branch=${3:-main}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The password stands in a file: arguments can be seen by everyone on the machine.
printf 'user = "%s:%s"\n' "${SLUICE_USER:?}" "${SLUICE_PASSWORD:?}" > "$work/curlrc"

# call METHOD PATH [CURL ARGUMENTS] makes a call and prints its answer; PATH is below the server's address.
call() {
  local method=$1 path=$2 status
  shift 2
  status=$(curl --silent --show-error --config "$work/curlrc" --request "$method" --header 'X-Atlassian-Token: no-check' \
    --output "$work/answer" --write-out '%{http_code}' "$@" "$server$path")
  printf '%s %-7s %s\n' "$status" "$method" "$path"
  case $status in
    2*) ;;
    *) cat "$work/answer" >&2; exit 1 ;;
  esac
}
security=/rest/security/latest
json='Content-Type: application/json'
hook=settings/hooks/com.mohami.bitbucket.security-for-bitbucket:credentials-validation-hook

# Status.
call GET "$security/status/projects?start=0&limit=8&name="
call GET "$security/status/projects/$project"
call GET "$security/status/projects/$project/repos?start=0&limit=8"
call GET "$security/status/projects/$project/repos/$repository"
call GET "$security/status/projects/$project/repos/$repository/branches?name=$branch"

# Scans of everything, a project, a repository, a branch; and cancelling what waits and what runs.
call PUT "$security/status/total_rescan"
call DELETE "$security/status/scheduled"
call DELETE "$security/status/running"
call PUT "$security/status/projects/$project"
call PUT "$security/status/projects/$project/repos/$repository"
call PUT "$security/status/projects/$project/repos/$repository/branches?name=$branch"

# One scan, its result, and cancelling it.
call POST "/rest/security/1.0/scan/$project/repos/$repository?branch=$branch"
key=$(sed -n 's/.*"scanKey":"\([^"]*\)".*/\1/p' "$work/answer")
call GET "/rest/security/1.0/scan/$project/repos/$repository?branch=$branch&includeAllowlisted=true"
[ -z "$key" ] || call DELETE "/rest/security/1.0/scan/$project/repos/$repository?scanKey=$key"

# Reports.
call GET "$security/export-report?confirmExpensiveOperation=true"
call GET "$security/export-report/projects/$project"
call GET "$security/export-report/projects/$project/repos/$repository"
call GET "$security/export-report/projects/$project/repos/$repository?branch=$branch&startDate=2024-09-07T00:01:12Z&endDate=2100-01-01T00:00:00Z"
call GET "/rest/security/1.0/export-report/$project/repos/$repository?branch=$branch&includeReviewed=true"

# Rules.
call GET /rest/security/1.0/rules
call GET "/rest/security/1.0/scan/$project/rule_types/$repository"
call DELETE /rest/security/1.0/hardcoded/RSA
call POST /rest/security/1.0/hardcoded/RSA
call POST "$security/rules" --header "$json" --data '{"name":"example of calls.sh","regexp":"example_[0-9]{12}","enabled":true}'
rule=$(sed -n 's/.*"id":\([0-9]*\).*/\1/p' "$work/answer")
call PUT "$security/rules/$rule"
call DELETE "$security/rules/$rule"

# Reviewed findings, of a repository and of all.
call POST "$security/review-lines/projects/$project/repos/$repository/create" --header "$json" --data '{"matchText":"example_000000000000","ruleName":"RSA"}'
call GET "$security/export/reviewed/projects/$project/repos/$repository"
call GET "$security/export/reviewed/projects/$project"
call POST "$security/review-lines/projects/$project/repos/$repository/delete" --header "$json" --data '{"matchText":"example_000000000000"}'
call DELETE "$security/review-lines/projects/$project/repos/$repository/delete?confirm=true"
printf 'match_text\nexample_111111111111\n' > "$work/reviewed.csv"
call POST "$security/global-reviewed/create" --form "file=@$work/reviewed.csv"
call GET "$security/export/reviewed"
call POST "$security/global-reviewed/delete" --form "file=@$work/reviewed.csv"
call DELETE "$security/global-reviewed?confirm=true"

# The hook of a repository and of a project: block, warn, off, inherited.
for of in "projects/$project/repos/$repository" "projects/$project"; do
  call PUT "/rest/api/latest/$of/$hook/enabled" --header "$json" --data '{"warnOnVulnerabilities":false}'
  call PUT "/rest/api/latest/$of/$hook/enabled" --header "$json" --data '{"warnOnVulnerabilities":true}'
  call PUT "/rest/api/latest/$of/$hook/settings" --header "$json" --data '{"warnOnVulnerabilities":false}'
  call GET "/rest/api/latest/$of/$hook/settings"
  call DELETE "/rest/api/latest/$of/$hook/enabled"
  call DELETE "/rest/api/latest/$of/$hook"
done

# What a pre-receive hook asks and tells: what holds, which texts are reviewed (by their hashes under a key of one's own), and
# what it did.
call GET "$security/hook/projects/$project/repos/$repository"
call POST "$security/hook/projects/$project/repos/$repository/reviewed" --header "$json" \
  --data "{\"key\":\"$(head -c 32 /dev/urandom | base64)\",\"hashes\":[\"$(printf '%064d' 0)\"]}"
call POST "$security/hook/projects/$project/repos/$repository/events" --header "$json" --data '{"entries":[{"decision":"warn","pusher":"example of calls.sh"}]}'

# The log level.
call GET "$security/loglevel"
call PUT "$security/loglevel?logLevelOverride=DEBUG"
call PUT "$security/loglevel?logLevelOverride=WARN"
echo "All calls were answered."

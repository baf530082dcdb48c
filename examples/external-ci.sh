#!/usr/bin/env bash
# Any CI that is not Bitbucket Pipelines: scans the commit that is checked out here and publishes the report with
# credentials. Keep the token in the secret store of that CI, and set
#
#   BITBUCKET_ACCESS_TOKEN    access token of the repository (Data Center: an HTTP access token)
#   BITBUCKET_REPO_SLUG       the repository
#   BITBUCKET_WORKSPACE       its workspace on Cloud, or
#   BITBUCKET_SERVER_URL and BITBUCKET_PROJECT_KEY on Data Center
#
# For a pull request also BITBUCKET_PR_ID and BITBUCKET_PR_DESTINATION_BRANCH; the clone must hold the destination
# (git fetch origin BRANCH), or all findings count as new.
set -euo pipefail

: "${BITBUCKET_ACCESS_TOKEN:?set it to an access token of the repository}"
: "${BITBUCKET_REPO_SLUG:?set it to the name of the repository}"
if [ -n "${BITBUCKET_SERVER_URL:-}" ]; then
  : "${BITBUCKET_PROJECT_KEY:?set it to the key of the project}"
else
  : "${BITBUCKET_WORKSPACE:?set it to the workspace}"
fi

BITBUCKET_COMMIT=$(git rev-parse HEAD)
export BITBUCKET_COMMIT BITBUCKET_ACCESS_TOKEN BITBUCKET_REPO_SLUG
export FORMAT=${FORMAT:-sarif=sluice.sarif}

code=0
sluice pipe || code=$?
case $code in
  0) echo "safe to merge" ;;
  1) echo "the scan did not finish, or the report is lost: see the log above" >&2 ;;
  2) echo "a variable or .sluice.yml is wrong: see the log above" >&2 ;;
  3) echo "findings at or above the gate: see the report" >&2 ;;
esac

# What Bitbucket holds now. It only informs, so that its failure changes nothing.
sluice report show "$BITBUCKET_COMMIT" || true
exit "$code"

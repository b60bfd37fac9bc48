#!/usr/bin/env bash
# Whether the packages of an environment fit each other, and whether something is known against
# the ones that are locked: in OSV's advisories, which takes a network. Without one it says so.
# Usage: requirements/audit.sh BIN LOCK…
set -euo pipefail
bin=$1
shift

"$bin/uv" pip check --quiet --python "$bin/python"

said=$(mktemp)
trap 'rm -f "$said"' EXIT
for lock in "$@"; do
    if "$bin/pip-audit" --vulnerability-service osv --disable-pip --require-hashes \
        --progress-spinner off --requirement "$lock" >"$said" 2>&1; then
        continue
    fi
    if grep -q "ConnectionError\|ConnectTimeout\|ReadTimeout" "$said"; then
        echo "audit: advisories were not looked up, their service is out of reach"
        exit 0
    fi
    cat "$said" >&2
    exit 1
done

#!/bin/sh
# Learns "one or the other, but not both", which no single layer can: xor.sh [URL [API-KEY]]
set -eu
url=${1:-http://127.0.0.1:8000}
key=${2:-none}

ask() {
    curl --silent --show-error --fail --header "Authorization: Bearer $key" \
        --header 'Content-Type: application/json' "$@"
}

job=$(ask "$url/v1/jobs" --header 'Prefer: wait=30' --data '{
    "name": "xor", "dataset": "xor",
    "network": {"hidden": [{"units": 4, "activation": "tanh"}]},
    "optimizer": {"kind": "gradient_descent", "learning_rate": 0.5},
    "batch_size": null, "epochs": 2000
}' | grep -o 'job_[0-9a-z]*' | head -n 1)

echo "Predictions for 0 0, 0 1, 1 0, 1 1:"
ask "$url/v1/jobs/$job/predictions" --data '{"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]]}'
echo

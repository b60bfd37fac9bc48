#!/bin/sh
# Retrains on a CSV file and keeps the model if it is good enough; for cron or CI, with curl and jq.
#   DESCENTD_URL=… DESCENTD_API_KEY=… retrain.sh DATA.csv TARGET MODEL.onnx [LEAST-ACCURACY]
# Exit codes: 0 the model is kept, 1 it is not good enough or not trained, 2 wrong use.
set -eu
[ $# -ge 3 ] || { sed -n '3,4p' "$0" >&2; exit 2; }
data=$1 target=$2 model=$3 least=${4:-0.9}
url=${DESCENTD_URL:-http://127.0.0.1:8000}

ask() {
    curl --silent --show-error --fail-with-body --retry 5 --retry-connrefused \
        --header "Authorization: Bearer ${DESCENTD_API_KEY:-none}" "$@"
}

# What was asked for in this night is made once, however often the script is started again.
key=$(basename "$data")-$(date -u +%F)-$(cksum <"$data" | tr ' ' -)

dataset=$(ask "$url/v1/datasets" --header 'Content-Type: text/csv' \
    --header "Idempotency-Key: $key" --data-binary "@$data" | jq --raw-output .id)

job=$(jq --null-input --arg dataset "$dataset" --arg target "$target" \
    '{name: "nightly", dataset: $dataset, target: $target, epochs: 100}' |
    ask "$url/v1/jobs" --header 'Content-Type: application/json' \
        --header "Idempotency-Key: $key" --data @- | jq --raw-output .id)

# A request is held for a minute at most; a longer training is asked for again.
while
    answer=$(ask "$url/v1/jobs/$job?wait=60")
    status=$(printf '%s' "$answer" | jq --raw-output .status)
    [ "$status" = queued ] || [ "$status" = running ]
do :; done
if [ "$status" != succeeded ]; then
    printf '%s' "$answer" | jq --raw-output '"\(.id) is \(.status): \(.error.message)"' >&2
    exit 1
fi

printf '%s' "$answer" | jq --raw-output '"\(.id): accuracy \(.metrics.validation.accuracy)"'
printf '%s' "$answer" | jq --exit-status --argjson least "$least" \
    '.metrics.validation.accuracy >= $least' >/dev/null || {
    echo "less than $least: $model stays as it is" >&2
    exit 1
}
ask "$url/v1/jobs/$job/model?format=onnx" --output "$model.new"
mv "$model.new" "$model"

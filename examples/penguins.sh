#!/bin/sh
# From a file to a model that works elsewhere: penguins.sh [URL [API-KEY [FOLDER]]]
# Leaves model.onnx and predictions.csv in FOLDER, the current one by default.
set -eu
url=${1:-http://127.0.0.1:8000}
key=${2:-none}
folder=${3:-.}
data=$(dirname "$0")/penguins/penguins.csv

ask() {
    curl --silent --show-error --fail-with-body --header "Authorization: Bearer $key" "$@"
}

# Numbers, categories, and missing values written NA: all of it is found in the file
dataset=$(ask "$url/v1/datasets?target=species" --header 'Content-Type: text/csv' \
    --data-binary "@$data" | grep -o 'ds_[0-9a-z]*' | head -n 1)
echo "uploaded as $dataset"

job=$(ask "$url/v1/jobs" --header 'Content-Type: application/json' \
    --data '{"name": "penguins", "dataset": "'"$dataset"'", "target": "species", "epochs": 50}' |
    grep -o 'job_[0-9a-z]*' | head -n 1)
echo "training as $job"

echo "its scores on the penguins it never saw:"
ask "$url/v1/jobs/$job?wait=60" | grep -o '"validation":{"accuracy":[0-9.]*,"log_loss":[0-9.]*'

ask "$url/v1/jobs/$job/model?format=onnx" --output "$folder/model.onnx"
ask "$url/v1/jobs/$job/predictions" --header 'Content-Type: text/csv' \
    --data-binary "@$data" --output "$folder/predictions.csv"
echo "the first of its predictions:"
head -n 4 "$folder/predictions.csv"

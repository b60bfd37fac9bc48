#!/bin/sh
# backup.sh FOLDER: copies database and blobs of a service that may run meanwhile, by its settings.
# The database first: what it names then stays for an hour, so that the blobs are there to be copied.
set -eu
umask 077
folder=${1:?a folder for the copy, which is not there yet}
data=${DESCENTD_DATA_DIR:-.descentd}
mkdir -p "$(dirname "$folder")"
mkdir "$folder"
# Half a copy must not be taken for one, nor stand in the way of the next.
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

case ${DESCENTD_DATABASE_URL:-} in
postgres*)
    address=$(echo "$DESCENTD_DATABASE_URL" | sed 's/^postgresql+psycopg:/postgresql:/')
    pg_dump --format=custom --no-owner --file="$folder/database.dump" --dbname="$address"
    ;;
*)
    address=${DESCENTD_DATABASE_URL:-sqlite:///$data/descentd.db}
    [ -e "${address#sqlite:///}" ] || {
        echo "backup: there is no database at ${address#sqlite:///}" >&2
        exit 1
    }
    # Not by cp: what was committed last is in a second file.
    python3 - "${address#sqlite:///}" "$folder/descentd.db" <<'END'
import sqlite3, sys
from pathlib import Path

source, target = (Path(name).resolve() for name in sys.argv[1:])
with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as database, sqlite3.connect(target) as copy:
    database.backup(copy)
END
    ;;
esac

if [ -z "${DESCENTD_BLOBS_URL:-}" ] && [ -d "$data/blobs" ]; then
    (cd "$data/blobs" && find . -type f ! -path './aside/*') | while read -r name; do
        mkdir -p "$folder/blobs/$(dirname "$name")"
        # One that has gone meanwhile belonged to what was deleted.
        cp "$data/blobs/$name" "$folder/blobs/$name" 2>/dev/null || [ ! -e "$data/blobs/$name" ]
    done
fi
trap - EXIT
echo "copied to $folder"

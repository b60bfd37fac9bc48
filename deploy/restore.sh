#!/bin/sh
# restore.sh FOLDER: puts a copy made by backup.sh where the settings say, before the service starts.
# Into an empty database or data directory alone: it overwrites nothing.
set -eu
umask 077
folder=${1:?the folder of the copy}
data=${DESCENTD_DATA_DIR:-.descentd}

die() {
    echo "restore: $*" >&2
    exit 1
}

[ ! -e "$data/blobs" ] || die "$data/blobs is there already"
mkdir -p "$data"

case ${DESCENTD_DATABASE_URL:-} in
postgres*)
    address=$(echo "$DESCENTD_DATABASE_URL" | sed 's/^postgresql+psycopg:/postgresql:/')
    pg_restore --no-owner --exit-on-error --single-transaction --dbname="$address" "$folder/database.dump"
    ;;
*)
    address=${DESCENTD_DATABASE_URL:-sqlite:///$data/descentd.db}
    target=${address#sqlite:///}
    [ ! -e "$target" ] || die "$target is there already"
    cp "$folder/descentd.db" "$target"
    ;;
esac

# After the database, which may refuse: then nothing was put anywhere.
if [ -d "$folder/blobs" ]; then
    cp -R "$folder/blobs" "$data/blobs"
fi
echo "restored from $folder"

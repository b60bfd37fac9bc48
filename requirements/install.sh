#!/bin/sh
# install.sh VENV LOCK: makes VENV hold exactly what LOCK names, and the descentd command.
# Every file is checked against its hash; nothing is fetched when the service runs.
set -eu
venv=$1
lock=$2
cd "$(dirname "$0")/.."

die() {
    echo "install: $*" >&2
    exit 1
}

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    die "needs Python 3.11 or newer (name it: make PYTHON=/path/to/python3)"
}

# Some distributions leave ensurepip out of venv; their pip can still install into another environment.
make_environment() {
    "$python" -m venv "$venv" >/dev/null 2>&1 ||
        "$python" -m venv --without-pip "$venv" ||
        die "$python cannot make a virtual environment"
}

pip_install() {
    if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        "$venv/bin/python" -m pip install "$@"
    elif "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m pip --python "$venv/bin/python" install "$@"
    else
        die "$python has neither ensurepip nor pip (Debian and Ubuntu: install python3-venv)"
    fi
}

# Compiled now, for a start would pay some two seconds for it where Python may not write bytecode.
sync_by_uv() {
    "$venv/bin/uv" pip sync "$@" --quiet --python "$venv/bin/python" --compile-bytecode \
        --require-hashes requirements/install.lock "$lock" 2>/dev/null
}

locked_pip_install() {
    pip_install --quiet --no-deps --disable-pip-version-check --require-hashes -r "$1"
}

python=$(find_python)
make_environment
locked_pip_install requirements/install.lock
# uv brings certificates and an index of its own; pip, which is slower, goes by the machine's settings.
sync_by_uv || sync_by_uv --system-certs || locked_pip_install "$lock"
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --offline --no-deps --no-build-isolation \
    --editable . --editable ./client

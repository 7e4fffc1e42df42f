# shellcheck shell=bash
# The virtual environment that the tests run in. Needs say.sh, paths.sh, packages.sh and python.sh.

# Makes sure that PY_EXE can make virtual environments with pip (Debian keeps that in a package of its own).
ensure_venv_module() {
    "$PY_EXE" -I -c 'import venv, ensurepip' 2>/dev/null || packages_ensure "the tests" "python$PY_MINOR-venv"
}

# Removes environments that no run has used for two weeks.
prune_venvs() {
    local ready
    find "$(cache_dir)" -mindepth 2 -maxdepth 2 -path '*/tests-*/ready' -mtime +14 2>/dev/null | while read -r ready; do
        rm -rf "${ready%/ready}"
    done
}

# The environment of PY_EXE with what requirements file $1 lists, made when it is not there yet. Sets VENV.
# One for each Python and each state of the file, in the cache, where httpd's children can read it.
ensure_venv() {
    VENV=$(cache_dir)/tests-$PY_VERSION-$( (printf '%s\n' "$PY_EXE" && cat "$1") | cksum | cut -d' ' -f1)
    if [ -e "$VENV/ready" ]; then
        touch "$VENV/ready"
        return 0
    fi
    prune_venvs
    ensure_venv_module
    mkdir -p "$(cache_dir)"
    say "making a virtual environment for the tests: $VENV"
    (
        ! command -v flock >/dev/null || flock 9
        [ ! -e "$VENV/ready" ] || exit 0
        rm -rf "$VENV"
        "$PY_EXE" -m venv "$VENV"
        "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$1"
        chmod -R go+rX "$VENV"
        touch "$VENV/ready"
    ) 9>"$VENV.lock" || fail "the tests' Python packages could not be installed" "They are listed in $1; pip's messages above say why."
    rm -f "$VENV.lock"
}

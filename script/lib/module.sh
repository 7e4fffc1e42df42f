# shellcheck shell=bash
# Building the module for the Python in PY_EXE and laying out its package directory.
# Needs say.sh, paths.sh, httpd.sh and python.sh.

# cargo's target folder for this Python: one each, so that builds for several Pythons do not undo one another.
target_dir() {
    printf '%s/python%s-%s\n' "${CARGO_TARGET_DIR:-$(top_dir)/target}" "$PY_VERSION" "$(printf %s "$PY_EXE" | cksum | cut -d' ' -f1)"
}

# cargo, told for which Python and httpd it works. $@ = its arguments; CARGO_LIMIT = seconds it may take.
cargo_for_python() {
    (
        cd "$(top_dir)" || exit
        export PYO3_PYTHON=$PY_EXE APXS CARGO_TARGET_DIR
        CARGO_TARGET_DIR=$(target_dir)
        ${CARGO_LIMIT:+timeout "$CARGO_LIMIT"} cargo "$@"
    )
}

# Puts a file in its place under a new inode, so that a running httpd keeps the one it has mapped. Does nothing when they are equal.
put_file() {
    ! cmp -s "$1" "$2" || return 0
    cp "$1" "$2.new"
    mv -f "$2.new" "$2"
}

# Brings the package directory $2 to the Python files of $1 and the module $3.
lay_out() {
    local source=$1 package=$2 module=$3
    if ! diff -rq -x __pycache__ -x '*.pyc' -x mod_python.so "$source" "$package" >/dev/null 2>&1; then
        rm -rf "$package.new" "$package.old"
        mkdir -p "$(dirname "$package")"
        cp -R "$source" "$package.new"
        find "$package.new" -name __pycache__ -prune -exec rm -rf {} +
        [ ! -d "$package" ] || mv "$package" "$package.old"
        mv "$package.new" "$package"
        rm -rf "$package.old"
    fi
    put_file "$module" "$package/mod_python.so"
    chmod -R u=rwX,go=rX "$package"
}

# Builds for the Python in PY_EXE into $1/mod_python. $2 = release or debug. Sets MODULE to the finished .so.
build_module() {
    local out=$1 profile=$2
    # The one crate type: beside a library for Rust (which our tests want) cargo leaves link-time optimisation out.
    local -a flags=(--locked --package mod_python --lib --crate-type cdylib)
    [ "$profile" = debug ] || flags+=(--release)
    say "building mod_python ($profile) for Python $PY_VERSION ($PY_EXE)"
    cargo_for_python rustc "${flags[@]}" ||
        fail "the module did not build" "cargo's messages above say why."
    MODULE=$out/mod_python/mod_python.so
    lay_out "$(top_dir)/python/mod_python" "$out/mod_python" "$(target_dir)/$profile/libmod_python.so"
    # shellcheck disable=SC2015 # both halves only look
    ! ldd "$MODULE" 2>/dev/null | grep -q 'libpython.*not found' ||
        warn "the loader does not find $PY_LIB; start httpd with LD_LIBRARY_PATH=$(dirname "$PY_LIB")"
}

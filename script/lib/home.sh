# shellcheck shell=bash
# The ordinary user that httpd's children run as, and what that user can read.
# Needs say.sh, paths.sh and python.sh.

# The user that httpd started by root should drop to: the distribution's own when there is one.
ordinary_user() {
    local name
    for name in ${MOD_PYTHON_USER:-} www-data apache httpd daemon nobody; do
        if id -u "$name" >/dev/null 2>&1; then
            printf '%s\n' "$name"
            return 0
        fi
    done
    return 1
}

# Can user $1 read file $2?
user_can_read() {
    if [ "$(id -u)" != 0 ]; then
        [ -r "$2" ]
    elif command -v runuser >/dev/null; then
        runuser -u "$1" -- test -r "$2"
    else
        su -s /bin/sh "$1" -c "test -r '$2'"
    fi
}

# Where the standard library of PY_EXE is, and its prefix.
python_prefix() { "$PY_EXE" -I -c 'import sys; print(sys.base_prefix)'; }

# The folder for PythonHome: nothing when user $1 can read the Python in PY_EXE where it is. Otherwise (a Python in
# root's own home) a readable twin of its library in the cache, of hard links where that is possible.
readable_home() {
    local prefix home library=lib/python$PY_MINOR
    prefix=$(python_prefix)
    ! user_can_read "$1" "$prefix/$library/os.py" || return 0
    home=$(cache_dir)/home-$PY_VERSION-$(printf %s "$PY_EXE" | cksum | cut -d' ' -f1)
    if [ ! -e "$home/$library/os.py" ]; then
        rm -rf "$home" "$home.new"
        mkdir -p "$home.new/lib"
        cp -al "$prefix/$library" "$home.new/lib/" 2>/dev/null || {
            rm -rf "$home.new/$library"
            cp -a "$prefix/$library" "$home.new/lib/"
        }
        chmod -R go+rX "$home.new/lib"
        mv "$home.new" "$home"
    fi
    printf '%s\n' "$home"
}

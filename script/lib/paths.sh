# shellcheck shell=bash
# Where things are: the checkout, and the cache outside of it.

# The checkout's top folder.
top_dir() { (cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P); }

# The folder for what outlives a checkout (Pythons, virtual environments, server roots).
# httpd's children run as an ordinary user and must be able to read it, so for root it is not in root's own home.
cache_dir() {
    if [ -n "${XDG_CACHE_HOME:-}" ]; then
        printf '%s\n' "$XDG_CACHE_HOME/mod_python"
    elif [ "$(id -u)" = 0 ]; then
        printf '/var/cache/mod_python\n'
    else
        printf '%s\n' "$HOME/.cache/mod_python"
    fi
}

# The number of processors, for make.
processors() { nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2; }

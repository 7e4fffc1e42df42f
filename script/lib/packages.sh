# shellcheck shell=bash
# Packages of the distribution: which are missing, and how to get them.
# Needs say.sh.

# Is this Debian, Ubuntu or one of their kin?
has_apt() { command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; }

# Those of the named packages that are not installed, one a line.
packages_missing() {
    local name
    for name in "$@"; do
        dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null | grep -q '^ii' || printf '%s\n' "$name"
    done
}

# Can this user install packages? root can, and whoever may use sudo (without a terminal: without a password).
# MOD_PYTHON_INSTALL=no forbids it.
can_install() {
    [ "${MOD_PYTHON_INSTALL:-yes}" != no ] && has_apt || return 1
    [ "$(id -u)" = 0 ] && return 0
    command -v sudo >/dev/null || return 1
    [ -t 0 ] || sudo -n true 2>/dev/null
}

# Runs a command as root.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Fetches the package lists, once a run and only when they are older than a day or missing.
packages_refresh() {
    [ -z "${PACKAGES_FRESH:-}" ] || return 0
    PACKAGES_FRESH=yes
    if ! find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -mtime -1 2>/dev/null | grep -q .; then
        say "refreshing the package lists (apt-get update)"
        as_root apt-get update -q >/dev/null || warn "apt-get update did not succeed; going on with the lists at hand"
    fi
}

# Does the distribution offer this package?
package_offered() {
    has_apt || return 1
    apt-cache policy "$1" 2>/dev/null | grep -q '^  Candidate: [^(]'
}

# Installs packages; the caller knows that can_install is true.
packages_install() {
    packages_refresh
    say "installing $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >/dev/null ||
        fail "apt-get install did not succeed for: $*" "Run it by hand to see why:  apt-get install $*"
}

# Makes sure that packages are installed, or says exactly what to do. $1 = what they are for, then Debian's names.
packages_ensure() {
    local purpose=$1 missing
    shift
    has_apt || return 0
    mapfile -t missing < <(packages_missing "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    can_install || fail "$purpose needs packages that are not installed: ${missing[*]}" \
        "Install them:  sudo apt-get install ${missing[*]}" "and start this command again."
    packages_install "${missing[@]}"
}

# Installs the first of these packages that the distribution offers, if it can; what wants it goes without otherwise.
packages_wish() {
    local name
    can_install || return 0
    packages_refresh
    for name in "$@"; do
        if package_offered "$name"; then
            [ -z "$(packages_missing "$name")" ] || packages_install "$name"
            return 0
        fi
    done
}

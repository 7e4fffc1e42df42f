# shellcheck shell=bash
# Finding httpd and its apxs. Needs say.sh. The answers are left in HTTPD, APXS and HTTPD_MODULES.
# shellcheck disable=SC2034 # those who source this use them

# The first of the named programs that is on PATH or where system programs are; nothing when there is none.
first_program() {
    local name
    for name in "$@"; do
        PATH="$PATH:/usr/sbin:/usr/local/sbin:/usr/local/apache2/bin" command -v "$name" && return 0
    done
    return 1
}

# Is everything of httpd here that building needs?
httpd_here() {
    APXS=${MOD_PYTHON_APXS:-${APXS:-$(first_program apxs apxs2)}} || return 1
    HTTPD=${MOD_PYTHON_HTTPD:-$(first_program apache2 httpd)} || return 1
    HTTPD_MODULES=$("$APXS" -q LIBEXECDIR 2>/dev/null) || return 1
    [ -f "$("$APXS" -q INCLUDEDIR 2>/dev/null)/httpd.h" ] || return 1
    [ -n "${APR_CONFIG:-}" ] || first_program apr-1-config apr-config >/dev/null
}

# Names the commands that other systems install with.
httpd_elsewhere() {
    printf '%s\n' \
        "Debian, Ubuntu:  apt-get install apache2-bin apache2-dev libapr1-dev" \
        "Fedora, RHEL:    dnf install httpd httpd-devel apr-devel apr-util-devel" \
        "openSUSE:        zypper install apache2-event apache2-devel libapr1-devel" \
        "Arch:            pacman -S apache" \
        "Alpine:          apk add apache2 apache2-dev apr-dev" \
        "One you built:   MOD_PYTHON_APXS=/path/to/bin/apxs MOD_PYTHON_HTTPD=/path/to/bin/httpd"
}

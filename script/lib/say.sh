# shellcheck shell=bash
# What the scripts say: progress to standard output, trouble to standard error.

# One line of progress.
say() { printf '==> %s\n' "$*"; }

# A further line that belongs to the last one.
say_more() { printf '    %s\n' "$*"; }

# One line of trouble that does not end the script.
warn() { printf '!!! %s\n' "$*" >&2; }

# The last words of a script that cannot go on: the first line is what happened, the others what to do.
fail() {
    printf '!!! %s\n' "$1" >&2
    shift
    local line
    for line in "$@"; do printf '    %s\n' "$line" >&2; done
    exit 1
}

# shellcheck shell=bash
# Finding a Python that mod_python can be built for: 3.12 or newer, with a shared libpython and headers.
# Needs say.sh, paths.sh and packages.sh. The answer is left in PY_EXE, PY_VERSION, PY_MINOR and PY_LIB.
# shellcheck disable=SC2034 # those who source this use them

# The minor versions mod_python is written for, the best first.
readonly PYTHON_MINORS="3.14 3.13 3.12"

# Asks one candidate what it is. Runs in whatever Python that turns out to be, so it keeps to words that all of them know.
readonly PYTHON_QUESTION='
import os, sys
def refuse(why):
    print("no\t" + why)
    sys.exit(0)
minor = "%d.%d" % sys.version_info[:2]
if sys.version_info < (3, 12):
    refuse("is %s, older than 3.12" % minor)
if minor not in sys.argv[1].split():
    refuse("is %s, not %s" % (minor, " or ".join(sys.argv[1].split())))
if sys.implementation.name != "cpython":
    refuse("is %s, not CPython" % sys.implementation.name)
import sysconfig
var = sysconfig.get_config_var
exe = os.path.abspath(getattr(sys, "_base_executable", None) or sys.executable)
if var("Py_GIL_DISABLED"):
    refuse("is a free-threaded build; mod_python wants one with a GIL for each interpreter")
if not var("Py_ENABLE_SHARED"):
    refuse("has no shared libpython (built without --enable-shared)")
if not os.path.isfile(os.path.join(var("INCLUDEPY") or "", "Python.h")):
    refuse("has no headers (a distribution has them in a package such as python%s-dev)" % minor)
dirs = [var("LIBDIR") or "", os.path.join(var("LIBDIR") or "", var("MULTIARCH") or ""), os.path.join(sys.base_prefix, "lib")]
found = [os.path.join(d, var("LDLIBRARY")) for d in dirs if os.path.exists(os.path.join(d, var("LDLIBRARY")))]
if not found:
    refuse("its %s is not in %s" % (var("LDLIBRARY"), " or ".join(dirs)))
print("\t".join(["ok", exe, "%d.%d.%d" % sys.version_info[:3], minor, os.path.realpath(found[0])]))
'

# Checks one candidate by running it. $1 = executable, $2 = the minor versions that will do. Sets PY_*, or PY_WHY.
python_try() {
    local answer verdict
    PY_WHY=""
    if ! command -v "$1" >/dev/null; then
        PY_WHY="is no executable"
        return 1
    fi
    if ! answer=$("$1" -I -c "$PYTHON_QUESTION" "${2:-$PYTHON_MINORS}" 2>/dev/null </dev/null); then
        PY_WHY="does not run"
        [[ $1 != */shims/* ]] || PY_WHY="is pyenv's stand-in for a version that is not selected here"
        return 1
    fi
    IFS=$'\t' read -r verdict PY_EXE PY_VERSION PY_MINOR PY_LIB <<<"$answer"
    [ "$verdict" != ok ] || return 0
    PY_WHY=$PY_EXE
    PY_EXE=""
    return 1
}

# The executables on PATH and pyenv's versions, in the order in which they are tried. $1 = minor versions.
python_candidates() {
    local minor root
    for minor in $1; do type -aP "python$minor" || true; done
    type -aP python3 || true
    root=${PYENV_ROOT:-$HOME/.pyenv}
    for minor in $1; do
        find "$root/versions" -mindepth 3 -maxdepth 3 -path "*/bin/python$minor" 2>/dev/null | sort -Vr
    done
    # What script/python-build left in the cache.
    for minor in $1; do find "$(cache_dir)/python-$minor/bin" -name "python$minor" 2>/dev/null || true; done
}

# Tries what is already here. Each rejected candidate is remembered, one line each, in PY_REJECTED.
python_here() {
    local candidate real seen=" "
    PY_REJECTED=()
    while read -r candidate; do
        real=$(readlink -f "$candidate")
        [[ $seen != *" $real "* ]] || continue
        seen+="$real "
        ! python_try "$candidate" "$1" || return 0
        PY_REJECTED+=("$candidate $PY_WHY")
    done < <(python_candidates "$1")
    return 1
}

# Installs the distribution's own Python, the newest that will do.
python_from_packages() {
    local minor
    can_install || return 1
    packages_refresh
    for minor in $1; do
        package_offered "python$minor-dev" || continue
        packages_install "python$minor" "python$minor-dev" "python$minor-venv" "libpython$minor"
        ! python_try "/usr/bin/python$minor" "$1" || return 0
        PY_REJECTED+=("/usr/bin/python$minor $PY_WHY")
    done
    return 1
}

# Lets uv fetch one.
python_from_uv() {
    local minor path
    command -v uv >/dev/null || return 1
    for minor in $1; do
        say "trying: uv python install $minor"
        uv python install "$minor" >/dev/null 2>&1 || continue
        path=$(uv python find --managed-python "$minor" 2>/dev/null) || continue
        ! python_try "$path" "$1" || return 0
        PY_REJECTED+=("$path $PY_WHY")
    done
    return 1
}

# Builds one from Debian's source package.
python_from_source() {
    local minor path
    for minor in $1; do
        say "no Python at hand will do; building Python $minor once (script/python-build $minor)"
        path=$("$(top_dir)/script/python-build" "$minor" | tee >(cat >&2) | tail -n 1) || continue
        ! python_try "$path" "$1" || return 0
        PY_REJECTED+=("$path $PY_WHY")
    done
    return 1
}

# What was rejected and why, one line each.
python_rejections() {
    local line
    for line in ${PY_REJECTED[@]+"${PY_REJECTED[@]}"}; do say_more "not $line"; done
}

# Finds a Python, installing one when there is none. $1 = minor versions that will do, the best first (default: all).
# $PYTHON, when it is set, is the only candidate.
python_find() {
    local minors=${1:-$PYTHON_MINORS}
    if [ -n "${PYTHON:-}" ]; then
        python_try "$PYTHON" "$minors" || fail "PYTHON=$PYTHON cannot be used: it $PY_WHY" \
            "mod_python needs CPython 3.12 or newer with a shared libpython and headers."
        return 0
    fi
    python_here "$minors" || python_from_packages "$minors" || python_from_uv "$minors" || python_from_source 3.14 || {
        python_rejections >&2
        fail "no Python was found that mod_python can be built for" \
            "It needs CPython 3.12 or newer with a shared libpython and headers, for example:" \
            "  Debian 13, Ubuntu 24.04:  apt-get install python3-dev python3-venv" \
            "  Fedora:                   dnf install python3-devel" \
            "  pyenv:                    PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install 3.14" \
            "  uv:                       uv python install 3.14" \
            "Or name one:  PYTHON=/path/to/python3 script/build"
    }
}

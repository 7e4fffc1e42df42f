# shellcheck shell=bash
# The compilers and the httpd that building needs: finds them, installs them where it can, says what to do where it cannot.
# Needs say.sh, packages.sh and httpd.sh.

readonly RUST_AT_LEAST=1.85

# Is the cargo on PATH there and new enough?
cargo_here() {
    local version
    command -v cargo >/dev/null || return 1
    version=$(cargo --version 2>/dev/null | cut -d' ' -f2)
    [ -n "$version" ] && printf '%s\n%s\n' "$RUST_AT_LEAST" "$version" | sort -VC
}

# The distribution's cargo that is new enough: its package (Debian 12 keeps a newer one under another name).
cargo_package() {
    local name version
    for name in cargo cargo-web; do
        version=$(apt-cache policy "$name" 2>/dev/null | sed -n 's/^  Candidate: \([0-9.]*\).*/\1/p')
        if [ -n "$version" ] && printf '%s\n%s\n' "$RUST_AT_LEAST" "$version" | sort -VC; then
            printf '%s\n' "$name"
            return 0
        fi
    done
    return 1
}

# Makes sure that there is a cargo.
ensure_cargo() {
    local package
    # rustup's place, when the shell's profile was not read.
    if ! command -v cargo >/dev/null && [ -x "$HOME/.cargo/bin/cargo" ]; then PATH="$HOME/.cargo/bin:$PATH"; fi
    ! cargo_here || return 0
    if can_install; then
        packages_refresh
        if package=$(cargo_package); then packages_install "$package"; fi
    fi
    cargo_here || fail "building needs cargo $RUST_AT_LEAST or newer" \
        "Debian 13:           apt-get install cargo" \
        "Debian 12:           apt-get install cargo-web" \
        "Ubuntu 24.04:        apt-get install rustup && rustup default stable" \
        "anywhere else:       https://rustup.rs"
}

# Is libclang, which reads httpd's headers for the bindings, here?
libclang_here() {
    [ -n "${LIBCLANG_PATH:-}" ] || ldconfig -p 2>/dev/null | grep -q 'libclang' || /sbin/ldconfig -p 2>/dev/null | grep -q 'libclang' ||
        compgen -G '/usr/lib/llvm-*/lib/libclang*.so*' >/dev/null || compgen -G '/usr/lib*/libclang*.so*' >/dev/null
}

# Makes sure of the C compiler, libclang and httpd.
ensure_tools() {
    if has_apt; then
        local -a wanted=(libc6-dev)
        command -v cc >/dev/null || wanted+=(gcc)
        command -v clang >/dev/null || wanted+=(clang)
        command -v pkg-config >/dev/null || wanted+=(pkg-config)
        libclang_here || wanted+=(libclang-dev)
        httpd_here || wanted+=(apache2-bin apache2-dev libapr1-dev)
        packages_ensure "building mod_python" "${wanted[@]}"
    fi
    command -v cc >/dev/null || fail "building needs a C compiler" "Install gcc or clang, so that the command cc is there."
    libclang_here || fail "building needs libclang (it reads httpd's headers)" \
        "Fedora: dnf install clang-devel    Arch: pacman -S clang    Alpine: apk add clang-dev" \
        "One you have elsewhere:  LIBCLANG_PATH=/path/to/its/lib"
    local -a elsewhere
    mapfile -t elsewhere < <(httpd_elsewhere)
    httpd_here || fail "building needs Apache httpd 2.4 with its headers (apxs) and APR's (apr-1-config)" "${elsewhere[@]}"
    ensure_cargo
}

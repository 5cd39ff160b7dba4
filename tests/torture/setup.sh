#!/usr/bin/env bash
# Sees to it that strace is on the machine, for the campaigns in tests/torture.
set -euo pipefail

if command -v strace >/dev/null; then
    echo "  strace: there"
    exit 0
fi
root=
[ "$(id -u)" -eq 0 ] || root=sudo
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
$root apt-get update -qq
# shellcheck disable=SC2086
$root apt-get install -y -qq --no-install-recommends strace >/dev/null
echo "  strace: installed"

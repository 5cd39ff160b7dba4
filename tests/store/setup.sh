#!/usr/bin/env bash
# Sees to it that a PostgreSQL server is on the machine, for the tests in tests/store.
# It is started by the tests themselves, in a folder of their own, and never as root.
set -euo pipefail

if command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
    echo "  postgresql: there"
    exit 0
fi
root=
[ "$(id -u)" -eq 0 ] || root=sudo
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
$root apt-get update -qq
# shellcheck disable=SC2086
$root apt-get install -y -qq --no-install-recommends postgresql >/dev/null
echo "  postgresql: installed"

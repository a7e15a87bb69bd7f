#!/usr/bin/env bash
# The foreign clients that the interop tests talk to; called only where CI=true.
# What cannot be installed is missing, and its tests skip by name: nothing here fails.
set -uo pipefail

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

missing=()
for client in swaks curl msmtp; do
    command -v "$client" >/dev/null || missing+=("$client")
done
command -v chromium >/dev/null || missing+=(chromium)
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null || ! as_root true 2>/dev/null; then
    echo "interop: cannot install ${missing[*]} here; their tests are skipped" >&2
    exit 0
fi

# No package may start a service on the machine that runs the tests.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null && as_root chmod 0755 "$policy"
    trap 'as_root rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
as_root apt-get -qq update || true
for client in "${missing[@]}"; do
    as_root apt-get -qq install -y --no-install-recommends "$client" >/dev/null \
        || echo "interop: $client could not be installed; its tests are skipped" >&2
done
exit 0

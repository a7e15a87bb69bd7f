#!/usr/bin/env bash
# The foreign programs that tests talk to: the quick ones, with "all" the others too.
# Called only where CI=true.  What cannot be installed is missing, and its tests
# skip by name: nothing here fails.
set -uo pipefail

# command:package
wanted=(swaks:swaks curl:curl msmtp:msmtp chromium:chromium chromedriver:chromium-driver)
# The file system that forgets what was not synced (tests/powercut).
wanted+=(fusermount3:fuse3)
[ "${1:-}" = all ] && wanted+=(postfix:postfix npm:npm)

PATH=$PATH:/usr/sbin
packages=()
for pair in "${wanted[@]}"; do
    command -v "${pair%%:*}" >/dev/null || packages+=("${pair##*:}")
done
[ ${#packages[@]} -eq 0 ] && exit 0

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

if ! command -v apt-get >/dev/null || ! as_root true 2>/dev/null; then
    echo "interop: cannot install ${packages[*]} here; their tests are skipped" >&2
    exit 0
fi

# No package may start a service on the machine that runs the tests.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 0755 "$policy"
    trap 'as_root rm -f "$policy"' EXIT
fi
as_root apt-get -qq update || true
for package in "${packages[@]}"; do
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install -y --no-install-recommends "$package" >/dev/null \
        || echo "interop: $package could not be installed; its tests are skipped" >&2
done

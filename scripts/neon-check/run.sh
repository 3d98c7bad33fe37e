#!/bin/sh
# Compiles the kernels for aarch64 and checks them under emulation. On an aarch64 machine `swift test` does more.
#
# Needs (Debian): clang with lld, libc6-dev-arm64-cross, libgcc-12-dev-arm64-cross, qemu-user.
# Without them it says what was not checked and ends with status 77.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ ! -e /usr/aarch64-linux-gnu/include/stdio.h ]; then
    echo "NEON NOT CHECKED: no aarch64 headers (install libc6-dev-arm64-cross libgcc-12-dev-arm64-cross)"
    exit 77
fi
compile="clang --target=aarch64-linux-gnu -isystem /usr/aarch64-linux-gnu/include -O2 -Wall -Wextra -Werror"
$compile -I "$root/Sources/CKernels/include" -c "$root/Sources/CKernels/kernels.c" -o "$work/kernels.o"
$compile -I "$root/Sources/CKernels/include" -c "$root/scripts/neon-check/check.c" -o "$work/check.o"
echo "compiled for aarch64"

if ! command -v qemu-aarch64 >/dev/null; then
    echo "NEON COMPILED BUT NOT RUN: no qemu-aarch64 (install qemu-user)"
    exit 77
fi
clang --target=aarch64-linux-gnu -fuse-ld=lld -static "$work/check.o" "$work/kernels.o" -lm -o "$work/check"
qemu-aarch64 "$work/check"

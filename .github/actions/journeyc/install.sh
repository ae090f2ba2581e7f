#!/bin/sh
# Puts `journeyc` where the next steps find it: sh install.sh
#
# In the environment: JOURNEYC_BINARY, a program that is there already; or else JOURNEYC_HOME, the
# folder to install to, and what to build: the repository that this script came with, if that is
# journeyc's own, or JOURNEYC_REV of JOURNEYC_GIT. With `--key` it prints what a cache is known by, and
# builds nothing. There are no releases yet, so this builds from source, which takes minutes.

set -eu
case $0 in
    */*) here=${0%/*} ;;
    *) here=. ;;
esac
own=$here/../../..

fail() {
    printf '%s\n' "journeyc: $*" >&2
    exit 2
}

if [ -n "${JOURNEYC_BINARY:-}" ]; then
    if [ "${1:-}" = --key ]; then
        exit
    fi
    [ -x "$JOURNEYC_BINARY" ] || fail "there is no program at $JOURNEYC_BINARY"
    mkdir -p "$JOURNEYC_HOME/bin"
    cp "$JOURNEYC_BINARY" "$JOURNEYC_HOME/bin/journeyc"
    exit
fi

if [ -f "$own/Cargo.toml" ] && grep -q '^name = "journeyc"$' "$own/Cargo.toml"; then
    # What the sources say decides, and no name that may point elsewhere tomorrow.
    source=$(cd "$own" && find src schema journeys templates journeyc.yaml .github/actions Cargo.lock Cargo.toml -type f -exec cksum {} + | sort -k 3 | cksum | tr ' ' -)
    set_rev=
else
    rev=${JOURNEYC_REV:-}
    case $rev in
        '') fail "there is no release of journeyc yet: say in 'rev' which commit to build, or in 'binary' where it is" ;;
        -* | *[!A-Za-z0-9._/-]*) fail "'rev' is neither a commit nor a branch" ;;
    esac
    set_rev=--branch
    if [ ${#rev} = 40 ] && [ -z "$(printf '%s' "$rev" | tr -d '0-9a-f')" ]; then
        set_rev=--rev
    else
        # A branch moves: look where it is now, so that a cache does not hide it.
        source=$(git ls-remote -- "$JOURNEYC_GIT" "refs/heads/$rev" | cut -f 1)
    fi
    source=${source:-$rev}
fi

if [ "${1:-}" = --key ]; then
    printf 'journeyc-%s-%s-%s\n' "$(uname -s)" "$(uname -m)" "$source" | tr '/' '-'
elif [ -x "$JOURNEYC_HOME/bin/journeyc" ]; then
    # A cache has brought it.
    "$JOURNEYC_HOME/bin/journeyc" --version
elif [ -z "$set_rev" ]; then
    cargo install --locked --quiet --root "$JOURNEYC_HOME" --path "$own"
else
    cargo install --locked --quiet --root "$JOURNEYC_HOME" --git "$JOURNEYC_GIT" "$set_rev" "$rev" journeyc
fi

#!/bin/sh
# Checks a change and shows what customers will notice of it, on any host: sh look.sh
#
# In the environment, all optional:
#   JOURNEYC         the program [journeyc]
#   JOURNEYC_BASE    what to compare with: a branch, tag or commit [what GitHub or GitLab say that the
#                    change grew out of; without one, everything is checked and nothing compared]
#   JOURNEYC_OUT     the folder to fill [journeyc-review]
#   JOURNEYC_FORMAT  how findings are printed: text, github, gitlab … [text]
#   JOURNEYC_FAIL_ON, JOURNEYC_STRICT=true     as `journeyc check` knows them
#   JOURNEYC_PREVIEWS=true                     renders the emails as well
#   JOURNEYC_REPORT_URL, JOURNEYC_SOURCE_URL   as `journeyc diff` knows them
# Out: comment.md, report.html, changes.json, journeyc.sarif, previews/, and look.json, which says how it
# went; findings on standard output. Status: that of `journeyc check`, or 2 if nothing can be compared.
# Nothing of the change is run, and no network is used.

set -u
LC_ALL=C
export LC_ALL
program=${JOURNEYC:-journeyc}
out=${JOURNEYC_OUT:-journeyc-review}
format=${JOURNEYC_FORMAT:-text}
base=${JOURNEYC_BASE:-}

fail() {
    printf '%s\n' "journeyc: $*" >&2
    exit 2
}

# Pull requests on GitHub are checked out as the merge that they would make: its first parent is what
# they would be merged into, and two commits are all that must be fetched.
if [ -z "$base" ]; then
    case ${GITHUB_EVENT_NAME:-} in
        pull_request*)
            if git rev-parse --quiet --verify 'HEAD^2' >/dev/null; then
                base='HEAD^1'
            else
                base=origin/${GITHUB_BASE_REF:-main}
            fi
            ;;
        '') base=${CI_MERGE_REQUEST_DIFF_BASE_SHA:-} ;;
    esac
fi
case $base in
    -*) fail 'the base is neither a branch, a tag nor a commit' ;;
esac

mkdir -p "$out" || fail "cannot write to $out"
for name in comment.md report.html changes.json journeyc.sarif look.json previews; do
    rm -rf "${out:?}/$name" || fail "cannot write to $out"
done

# Reports name files from the folder of journeyc.yaml; hosts want them from the repository's root.
prefix=$(git rev-parse --show-prefix 2>/dev/null)
case $prefix in
    *[!A-Za-z0-9._/-]*) fail 'the path of the working directory has characters that no report can carry' ;;
esac

# check FORMAT: its output is on standard output.
check() {
    set -- check --format "$1" --fail-on "${JOURNEYC_FAIL_ON:-error}"
    [ "${JOURNEYC_STRICT:-}" = true ] && set -- "$@" --strict
    [ -n "$base" ] && set -- "$@" "--base=$base"
    "$program" "$@"
}

check "$format" >"$out/findings"
status=$?
case ${prefix:+$format} in
    github) sed "s|^\(::[a-z]* \)file=|\1file=$prefix|" "$out/findings" ;;
    gitlab) jq --arg prefix "$prefix" 'map(.location.path |= $prefix + .)' "$out/findings" ;;
    *) cat "$out/findings" ;;
esac
rm -f "$out/findings"

check sarif >"$out/journeyc.sarif" 2>/dev/null
if [ -n "$prefix" ]; then
    jq -c --arg prefix "$prefix" '(.. | objects | .artifactLocation? | objects | select(has("uri"))).uri |= $prefix + .' \
        "$out/journeyc.sarif" >"$out/sarif" || fail 'cannot rewrite the SARIF report'
    mv "$out/sarif" "$out/journeyc.sarif" || fail 'cannot rewrite the SARIF report'
fi

verdict=
if [ -n "$base" ]; then
    set -- diff "$base" --format markdown --write "html=$out/report.html" --write "json=$out/changes.json"
    [ -n "${JOURNEYC_REPORT_URL:-}" ] && set -- "$@" "--report-url=$JOURNEYC_REPORT_URL"
    [ -n "${JOURNEYC_SOURCE_URL:-}" ] && set -- "$@" "--source-url=$JOURNEYC_SOURCE_URL${prefix:+/${prefix%/}}"
    "$program" "$@" >"$out/comment.md" || fail "cannot compare with $base"
    verdict=$(sed -n '2s/^<!-- journeyc:verdict=\([a-z]*\) .*/\1/p' "$out/comment.md")
fi

if [ "${JOURNEYC_PREVIEWS:-}" = true ]; then
    if "$program" build --out "$out/dist" >/dev/null 2>&1; then
        mv "$out/dist/previews" "$out/previews"
    else
        echo 'journeyc: no previews, for there are errors' >&2
    fi
    rm -rf "$out/dist"
fi

printf '{"version": 1, "check": %d, "verdict": "%s"}\n' "$status" "$verdict" >"$out/look.json"
printf 'journeyc: %s, check ends with status %d\n' "${verdict:-nothing compared}" "$status" >&2
exit "$status"

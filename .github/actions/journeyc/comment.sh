#!/bin/sh
# Keeps one comment in a GitHub pull request: sh comment.sh FILE
#
# FILE is made by `journeyc diff --format markdown`. Read from the environment: GITHUB_TOKEN,
# GITHUB_REPOSITORY, JOURNEYC_PULL (the pull request's number); GITHUB_API_URL and GITHUB_GRAPHQL_URL
# where GitHub is not github.com; JOURNEYC_AUTHOR where the host does not tell who we are;
# JOURNEYC_REPORT_URL for what a comment has no room for. sticky.sh says what comes out.

set +x
case $0 in
    */*) here=${0%/*} ;;
    *) here=. ;;
esac
# shellcheck source=.github/actions/journeyc/host.sh
. "$here/host.sh"
# shellcheck source=.github/actions/journeyc/sticky.sh
. "$here/sticky.sh"

[ $# = 1 ] || die 2 'usage: comment.sh FILE'
keep_token GITHUB_TOKEN
authorization='Authorization: Bearer '
accept='application/vnd.github+json'
api=${GITHUB_API_URL:-https://api.github.com}
api=${api%/}
graphql=${GITHUB_GRAPHQL_URL:-$api/graphql}
repository=${GITHUB_REPOSITORY:-}
pull=${JOURNEYC_PULL:-}
is_number "$pull" || die 2 'JOURNEYC_PULL is no number of a pull request'
is_repository "$repository" || die 2 'GITHUB_REPOSITORY is no OWNER/NAME'

# The token of a workflow cannot ask REST who it is, but GraphQL tells it.
host_author() {
    if [ -n "${JOURNEYC_AUTHOR:-}" ]; then
        author=$JOURNEYC_AUTHOR
        return
    fi
    jq -n '{query: "query { viewer { login } }"}' >"$work/payload.json"
    call POST "$graphql" "$work/payload.json"
    is_done && author=$(jq -er '.data.viewer.login | strings' "$work/answer" 2>/dev/null) && return
    say "GitHub does not say who we are ($(complaint)); taking ourselves for github-actions[bot]"
    author='github-actions[bot]'
}

host_list() {
    page=1
    while [ "$page" -le "$most_pages" ]; do
        call GET "$api/repos/$repository/issues/$pull/comments?per_page=100&page=$page"
        is_done || return 1
        ours .user.login || return 1
        case $(header link) in
            *'rel="next"'*) page=$((page + 1)) ;;
            *) return 0 ;;
        esac
    done
    say "there are more than $most_pages pages of comments; the rest is not read"
}

host_create() {
    as_body
    call POST "$api/repos/$repository/issues/$pull/comments" "$work/payload.json"
    is_done
}

host_edit() {
    as_body
    call PATCH "$api/repos/$repository/issues/comments/$1" "$work/payload.json"
    is_done
}

host_delete() {
    call DELETE "$api/repos/$repository/issues/comments/$1"
    is_done || [ "$code" = 404 ]
}

# Minimises the comment as outdated, and takes the marker away, so that nobody takes it for the one
# that stands. Where GitHub does not let us minimise, the text goes, and one line says why.
host_retire() {
    call GET "$api/repos/$repository/issues/comments/$1"
    # Somebody has deleted it meanwhile.
    [ "$code" = 404 ] && return
    is_done || return 1
    cp "$work/answer" "$work/old.json"
    jq '{query: "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) { minimizedComment { isMinimized } } }",
         variables: {id: .node_id}}' "$work/old.json" >"$work/payload.json"
    call POST "$graphql" "$work/payload.json"
    if is_done && jq -e '.data.minimizeComment.minimizedComment.isMinimized == true' "$work/answer" >/dev/null 2>&1; then
        jq -j '.body | sub("^<!-- journeyc:v1 "; "<!-- journeyc:outdated ")' "$work/old.json" >"$work/body.md"
    else
        say "GitHub does not minimise the old comment ($(complaint)); it becomes one line"
        { printf '%s\n\n' "$marker" | sed 's/journeyc:v1/journeyc:outdated/'; printf '%s\n' "$outdated"; } >"$work/body.md"
    fi
    host_edit "$1" || [ "$code" = 404 ]
}

read_head "$1"
stick "$1"

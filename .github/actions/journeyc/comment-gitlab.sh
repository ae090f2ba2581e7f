#!/bin/sh
# Keeps one note in a GitLab merge request: sh comment-gitlab.sh FILE
#
# FILE is made by `journeyc diff --format markdown`. Read from the environment: GITLAB_TOKEN (a project
# access token with the scope `api`; a job's own token may not write notes), and what GitLab sets in
# pipelines of merge requests: CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID. sticky.sh says what
# comes out.

set +x
case $0 in
    */*) here=${0%/*} ;;
    *) here=. ;;
esac
# shellcheck source=.github/actions/journeyc/host.sh
. "$here/host.sh"
# shellcheck source=.github/actions/journeyc/sticky.sh
. "$here/sticky.sh"

[ $# = 1 ] || die 2 'usage: comment-gitlab.sh FILE'
keep_token GITLAB_TOKEN
authorization='PRIVATE-TOKEN: '
accept='application/json'
# GitLab takes a million characters; more than GitHub's are read by nobody.
api=${CI_API_V4_URL:-https://gitlab.com/api/v4}
api=${api%/}
is_number "${CI_PROJECT_ID:-}" || die 2 'CI_PROJECT_ID is no number of a project'
is_number "${CI_MERGE_REQUEST_IID:-}" || die 2 'CI_MERGE_REQUEST_IID is no number of a merge request'
notes=$api/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes

host_author() {
    call GET "$api/user"
    is_done && author=$(jq -er '.id | numbers' "$work/answer")
}

host_list() {
    page=1
    while [ "$page" -le "$most_pages" ]; do
        call GET "$notes?per_page=100&page=$page&sort=asc&order_by=created_at"
        is_done || return 1
        ours .author.id || return 1
        page=$(header x-next-page)
        is_number "$page" || return 0
    done
    say "there are more than $most_pages pages of notes; the rest is not read"
}

host_create() {
    as_body
    call POST "$notes" "$work/payload.json"
    is_done
}

host_edit() {
    as_body
    call PUT "$notes/$1" "$work/payload.json"
    is_done
}

host_delete() {
    call DELETE "$notes/$1"
    is_done || [ "$code" = 404 ]
}

# GitLab folds nothing away, and answers may stand below: the old note becomes one line.
host_retire() {
    { printf '%s\n\n' "$marker" | sed 's/journeyc:v1/journeyc:outdated/'; printf '%s\n' "$outdated"; } >"$work/body.md"
    host_edit "$1" || [ "$code" = 404 ]
}

read_head "$1"
stick "$1"

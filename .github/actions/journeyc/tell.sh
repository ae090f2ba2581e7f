#!/bin/sh
# Tells a pull request on GitHub what look.sh has seen: sh tell.sh FOLDER
#
# Writes the step summary, the comment, and three statuses: journeyc/lint, journeyc/breaking and
# journeyc/copy-approved. FOLDER is data that strangers may have made: sizes and forms are looked at
# before anything is used, and which pull request and which commit it is about says the event alone.
# Where the token may not write, as for a pull request from a fork, the summary is all, and no failure.
# In the environment: GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_EVENT_PATH, GITHUB_STEP_SUMMARY and what
# else GitHub sets; JOURNEYC_COMMENT=false and JOURNEYC_STATUSES=false leave one out;
# JOURNEYC_COPY_OWNERS, names separated by spaces, whose approval counts for copy [whoever may write].

set +x
case $0 in
    */*) here=${0%/*} ;;
    *) here=. ;;
esac
# shellcheck source=.github/actions/journeyc/host.sh
. "$here/host.sh"

[ $# = 1 ] || die 2 'usage: tell.sh FOLDER'
folder=$1
keep_token GITHUB_TOKEN
authorization='Authorization: Bearer '
accept='application/vnd.github+json'
api=${GITHUB_API_URL:-https://api.github.com}
api=${api%/}
repository=${GITHUB_REPOSITORY:-}
is_repository "$repository" || die 2 'GITHUB_REPOSITORY is no OWNER/NAME'
event=${GITHUB_EVENT_PATH:-}
[ -f "$event" ] || die 2 'GITHUB_EVENT_PATH names no file'
run_url=${GITHUB_SERVER_URL:-https://github.com}/$repository/actions/runs/${GITHUB_RUN_ID:-0}

# usable NAME BYTES: whether it is a plain file that is not too large.
usable() {
    [ -f "$folder/$1" ] && [ ! -L "$folder/$1" ] && [ "$(wc -c <"$folder/$1")" -le "$2" ]
}

usable look.json 1024 || die 2 'there is no look.json that can be trusted'
jq -e '.version == 1 and (.check | . == 0 or . == 1 or . == 2 or . == 3)
    and (.verdict | . == "" or . == "blocked" or . == "fine" or . == "nothing")' "$folder/look.json" >/dev/null 2>&1 ||
    die 2 'look.json is not of the form that look.sh writes'
check=$(jq -r .check "$folder/look.json")
verdict=$(jq -r .verdict "$folder/look.json")
if [ -z "$verdict" ]; then
    say 'nothing was compared, so there is nothing to tell'
    exit 0
fi
usable comment.md 262144 || die 2 'there is no comment.md that can be trusted'
usable changes.json 67108864 || die 2 'there is no changes.json that can be trusted'
jq -e --arg verdict "$verdict" '.version == 1 and .verdict == $verdict
    and (.journeys | type == "array" and all(.[]; (.name | type == "string") and (.breaking | type == "array")
        and (.in_flight | type == "string" or . == null)))
    and (.copy | type == "array" and all(.[]; .mails | type == "array"))' "$folder/changes.json" >/dev/null 2>&1 ||
    die 2 'changes.json is not of the form that journeyc writes'

# The summary of a step may have 1,024 KiB; a comment has far less. The marker is of no use there.
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    { sed '1,2{/^<!-- journeyc:/d;}' "$folder/comment.md"; printf '\n'; } >>"$GITHUB_STEP_SUMMARY"
fi

# Which pull request, which commit, and whether it comes from here.
pull=$(jq -r '.pull_request.number // empty' "$event")
commit=$(jq -r '.pull_request.head.sha // .workflow_run.head_sha // empty' "$event")
from=$(jq -r '.pull_request.head.repo.full_name // empty' "$event")
is_commit "$commit" || die 2 'the event names no commit of a pull request'
if [ -z "$pull" ]; then
    # After `workflow_run` the event does not say which pull request of a fork it was: GitHub is asked
    # which open one has this very commit on this branch.
    query=$(jq -r '.workflow_run | "\(.head_repository.owner.login):\(.head_branch)" | @uri' "$event")
    call GET "$api/repos/$repository/pulls?state=open&per_page=100&head=$query"
    is_done || refuse 'find the pull request'
    pull=$(jq -r --arg commit "$commit" '[.[] | select(.head.sha == $commit)][0].number // empty' "$work/answer")
    [ -n "$pull" ] || die 0 'no open pull request has this commit any more'
    from=$repository
fi
is_number "$pull" || die 2 'the event names no pull request'

# A token that may only read is no mistake of the author.
only_summary() {
    echo "::notice title=journeyc::$1 What there is to say stands in the summary of this run, and beside the lines."
    exit 0
}
[ "$from" = "$repository" ] || only_summary 'This pull request comes from a fork, and may not be written to from here.'

failed=0
if [ "${JOURNEYC_COMMENT:-true}" != false ]; then
    told=$(GITHUB_TOKEN=$token JOURNEYC_PULL=$pull sh "$here/comment.sh" "$folder/comment.md")
    case $? in
        0) say "comment: $told" ;;
        4) only_summary 'The token of this run may not write comments: it lacks the permission pull-requests.' ;;
        *) failed=1 ;;
    esac
fi

# status NAME STATE WORDS
status() {
    jq -n --arg state "$2" --arg context "journeyc/$1" --arg words "$3" --arg url "$run_url" \
        '{state: $state, context: $context, description: $words[0:140], target_url: $url}' >"$work/payload.json"
    call POST "$api/repos/$repository/statuses/$commit" "$work/payload.json"
    if is_done; then
        say "status journeyc/$1: $2, $3"
    else
        say "cannot set the status journeyc/$1: $(complaint)"
        failed=1
    fi
}

# The reviews of a pull request, all pages in one list.
reviews() {
    page=1
    : >"$work/reviews.json"
    while [ "$page" -le "$most_pages" ]; do
        call GET "$api/repos/$repository/pulls/$pull/reviews?per_page=100&page=$page"
        is_done || return 1
        cat "$work/answer" >>"$work/reviews.json"
        case $(header link) in
            *'rel="next"'*) page=$((page + 1)) ;;
            *) return 0 ;;
        esac
    done
}

# Whoever approves, approves one commit: a push after that asks anew. Of each person the last word
# counts; robots and strangers have none.
approver() {
    jq -rs --arg commit "$commit" --arg owners "${JOURNEYC_COPY_OWNERS:-}" '
        ($owners | ascii_downcase | split(" ") | map(select(. != "") | ltrimstr("@"))) as $owners
        | add // []
        | map(select(.state == "APPROVED" or .state == "CHANGES_REQUESTED" or .state == "DISMISSED"))
        | map(select(.user.type != "Bot" and (.author_association | . == "OWNER" or . == "MEMBER" or . == "COLLABORATOR")))
        | map(select(($owners | length) == 0 or ((.user.login | ascii_downcase) as $login | $owners | index($login))))
        | group_by(.user.login) | map(last | select(.state == "APPROVED" and .commit_id == $commit))
        | .[0].user.login // empty' "$work/reviews.json"
}

if [ "${JOURNEYC_STATUSES:-true}" != false ]; then
    case $check in
        0) status lint success 'nothing new stands against it' ;;
        1) status lint failure 'findings that are new or worse' ;;
        2) status lint failure 'a file or a setting cannot be understood' ;;
        *) status lint failure 'rules that cannot be decided' ;;
    esac

    unanswered=$(jq -r '[.journeys[] | select((.breaking | length) > 0 and .in_flight == null)]
        | if length == 0 then "" else "\(map(.breaking | length) | add) changes break for people inside of \(.[0].name)"
            + (if length > 1 then " and \(length - 1) more" else "" end) + ": say in_flight" end' "$folder/changes.json")
    if [ -n "$unanswered" ]; then
        status breaking failure "$unanswered"
    else
        status breaking success 'nothing breaks for people inside, or it is said what becomes of them'
    fi

    mails=$(jq '[.copy[].mails[]] | unique | length' "$folder/changes.json")
    if [ "$mails" = 0 ]; then
        status copy-approved success 'no words change that customers read'
    elif ! reviews; then
        say "cannot read the reviews: $(complaint)"
        failed=1
    else
        who=$(approver)
        if [ -n "$who" ]; then
            status copy-approved success "approved by $who"
        else
            status copy-approved pending "words change in $mails emails: somebody must approve this very commit"
        fi
    fi
fi
exit "$failed"

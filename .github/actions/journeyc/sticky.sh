# shellcheck shell=sh disable=SC2034,SC2154 # some names are set or used by the scripts that read this
# One comment in a review: written, edited, posted anew, never twice. What GitHub and GitLab share.
#
# In: a file made by `journeyc diff --format markdown`, and a host's own six functions:
#   host_author    puts into $author by what the host knows us
#   host_list      prints `ID VERDICT HASH` for each of our comments that stands, the oldest first
#   host_create    posts the text in $work/body.md
#   host_edit ID   puts the text in $work/body.md in its place
#   host_retire ID folds a comment away, and takes the marker from it
#   host_delete ID takes a comment away
# With host.sh, which calls the host.
# Out: one word on standard output (created, edited, unchanged, reposted, none), and what happened on
# standard error. Status: 0 done, 1 failed, 2 a wrong call, 4 the token may not write comments.

# GitHub takes 65,536 characters; a host that takes fewer says so, and is asked once more.
most_characters=65536
fewer_characters=30000
outdated='_This comment is outdated: a newer one stands below._'

# Of a page of comments those that stand and are ours: written by us, and beginning with the marker. A
# comment of somebody else who pasted the marker is not ours; neither is one that only quotes it.
# ours PATH: the jq path leads to the author
ours() {
    jq -r --arg author "$author" --arg marker "$marker" '
        .[] | select(('"$1"' | tostring) == $author)
        | (.body // "" | split("\n") | map(rtrimstr("\r"))) as $lines
        | select($lines[0] == $marker)
        | ($lines[1] // "" | capture("^<!-- journeyc:verdict=(?<verdict>[a-z]+) content=(?<hash>[0-9a-f]+) -->$")
           // {verdict: "unknown", hash: "0"}) as $head
        | "\(.id) \($head.verdict) \($head.hash)"' "$work/answer"
}

# Whether the host found the text too long.
is_too_long() {
    case $code in
        400 | 413 | 422) grep -qi 'too long\|too large\|maximum' "$work/answer" || [ "$code" = 413 ] ;;
        *) return 1 ;;
    esac
}

# Reads the two lines that every comment of ours begins with, and trusts nothing else.
# read_head FILE
read_head() {
    [ -f "$1" ] || die 2 "no file to comment: $1"
    [ "$(wc -c <"$1")" -le 1048576 ] || die 2 "the comment is too large to be one of journeyc's"
    marker=$(sed -n 1p "$1")
    second=$(sed -n 2p "$1")
    printf '%s\n' "$marker" | grep -Eq '^<!-- journeyc:v1 [^ <>]+ -->$' || die 2 "the first line is no marker of journeyc's"
    printf '%s\n' "$second" | grep -Eq '^<!-- journeyc:verdict=(blocked|fine|nothing) content=[0-9a-f]{8,128} -->$' ||
        die 2 "the second line says no verdict"
    verdict=${second#*verdict=}
    verdict=${verdict%% *}
    hash=${second#*content=}
    hash=${hash%% *}
}

# Puts the text into $work/body.md, cut where a section ends if it has more characters than may be;
# what is left out is counted. jq counts characters as hosts do, and makes bytes that are no text
# harmless.
# fit FILE CHARACTERS
fit() {
    jq -jn --rawfile text "$1" --argjson most "$2" --arg report "${JOURNEYC_REPORT_URL:-}" '
        def depth: [scan("<details")] as $opened | [scan("</details")] as $closed | ($opened | length) - ($closed | length);
        def begins: . == "" or test("^(#|<details)");
        ($text | gsub("\u0000"; "") | rtrimstr("\n")) as $text
        | if ($text | length) <= $most then $text else
            ($text | split("\n")) as $lines
            # Where a line may be the first that is left out: outside of everything that is open.
            | reduce range(0; $lines | length) as $at ({size: 0, depth: 0, fence: null, cut: 2, heads: [], titled: false};
                $lines[$at] as $line
                | if .fence == null and .depth <= 0 and $at >= 2 and ($line | begins) then
                    # A heading is not left without what it heads.
                    (if .size <= $most - 400 and (.titled | not) then .cut = $at else . end)
                    | if $line == "" then . else .heads += [$at] end
                  else . end
                | if $line != "" then .titled = (.fence == null and ($line | startswith("#"))) else . end
                | .size += ($line | length) + 1
                | ($line | capture("^ {0,3}(?<mark>`{3,}|~{3,})") // {mark: null}).mark as $mark
                | .fence as $fence
                | if $fence != null then
                    # A fence is closed by its own sign, at least as often.
                    if $mark != null and ($mark | startswith($fence)) then .fence = null else . end
                  elif $mark != null then .fence = $mark
                  else .depth += ($line | depth) end
              )
            | .cut as $cut
            | (.heads | map(select(. >= $cut)) | length) as $sections
            | ($lines | length - $cut) as $left
            | ($lines[:$cut] | join("\n") | sub("\n+$"; ""))
              + "\n\n---\n\n✂ \($left) lines"
              + (if $sections > 0 then " in \($sections) sections" else "" end)
              + " do not fit into a comment here."
              + (if ($report | test("^https?://[^\\s<>()\\[\\]]+$")) then " [The whole report](\($report)) has them."
                 else " The whole report, an artifact of this run, has them." end)
          end' >"$work/body.md" || die 1 "cannot read $1"
}

# The two lines and the first thing that is said after them.
# shorten FILE
shorten() {
    awk 'NR <= 2 { print; next } /[^ \t\r]/ { print ""; print; exit }' "$1" >"$work/short.md"
}

# as_body: the JSON that carries $work/body.md, in $work/payload.json.
as_body() {
    jq -n --rawfile body "$work/body.md" '{body: $body}' >"$work/payload.json"
}

# Writes the text, and once more with less of it if it is too long.
# write_text FILE create|edit [ID]
write_text() {
    fit "$1" "$most_characters"
    if ! "host_$2" ${3:+"$3"}; then
        is_too_long || refuse "$2 the comment"
        say "the host finds the comment too long; cutting it"
        fit "$1" "$fewer_characters"
        "host_$2" ${3:+"$3"} || refuse "$2 the comment"
    fi
}

# keep_one FILE: after posting, only the oldest stays; it gets what the one had that is taken away.
keep_one() {
    host_list >"$work/standing" || refuse 'read the comments'
    first=
    while read -r id _ seen <&3; do
        if [ -z "$first" ]; then
            first=$id
            first_hash=$seen
        else
            say "another run has commented as well; comment $id goes"
            host_delete "$id" || say "cannot delete comment $id: $(complaint)"
        fi
    done 3<"$work/standing"
    if [ -n "$first" ] && [ "$first_hash" != "$hash" ]; then
        write_text "$1" edit "$first"
    fi
}

# Whether two verdicts call for the same attention: blocked is one class, everything else the other.
is_same_class() {
    case $1:$2 in
        blocked:blocked) ;;
        blocked:* | *:blocked) return 1 ;;
    esac
}

# The whole of it.
# stick FILE
stick() {
    text=$1
    host_author || refuse 'learn who we are'
    host_list >"$work/standing" || refuse 'read the comments'
    old='' old_verdict='' old_hash=''
    while read -r id seen_verdict seen_hash <&3; do
        if [ -z "$old" ]; then
            old=$id old_verdict=$seen_verdict old_hash=$seen_hash
        else
            say "there are several comments of ours; comment $id goes"
            host_delete "$id" || say "cannot delete comment $id: $(complaint)"
        fi
    done 3<"$work/standing"

    if [ "$verdict" = nothing ]; then
        if [ -z "$old" ]; then
            echo none
            return
        fi
        shorten "$text"
        text=$work/short.md
    fi
    if [ -z "$old" ]; then
        write_text "$text" create
        keep_one "$text"
        echo created
    elif [ "$old_verdict" = "$verdict" ] && [ "$old_hash" = "$hash" ]; then
        echo unchanged
    elif [ "$verdict" = nothing ] || is_same_class "$old_verdict" "$verdict"; then
        write_text "$text" edit "$old"
        echo edited
    else
        # People are told anew exactly when it matters: a new comment notifies, an edit does not.
        host_retire "$old" || refuse 'fold the old comment away'
        write_text "$text" create
        keep_one "$text"
        echo reposted
    fi
}

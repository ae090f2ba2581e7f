#!/bin/sh
# Sends the requests beside this file to @TITLE@, one after another, in the order of their numbers.
# Written by journeyc. `sh send.sh --help` says how to use it.
# shellcheck disable=SC2016  # What stands in single quotes is for jq.
set -u
LC_ALL=C
export LC_ALL
umask 077

title=@TITLE_QUOTED@
count=@COUNT@
keys=@KEYS@

address() {
    printf '%s' "${@ADDRESS_VARIABLE@:-@ADDRESS@}"
}

# The value of a header, by its name.
header() {
    case $1 in
@HEADERS@    *) stop "nobody said what the header $1 is" ;;
    esac
}

usage() {
    cat <<END
Sends the requests of this folder to $title, in the order of their numbers.

  sh send.sh               shows what would be sent; sends nothing
  sh send.sh --yes         sends; goes on where it stopped the last time
  sh send.sh --skip 12     takes request 12 as done, for example because the thing is there already
  sh send.sh --again 12    takes request 12 as not done
  sh send.sh --set N=V     notes V as the value of \${N} in later requests
  sh send.sh --state FILE  keeps its notes in FILE instead of sent.json beside it

Needs curl and jq. Keys from the environment: @KEYS_WORDS@.
Another address: @ADDRESS_VARIABLE@ (now $(address)).
Stops at the first answer that is no success. Keep sent.json: it says what has been sent, and a new
export into the same folder leaves it there.
END
}

stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

wrong() {
    printf '%s\n' "$*" >&2
    exit 2
}

yes='' skip='' again='' set_value='' state=''
while [ $# -gt 0 ]; do
    case $1 in
    --yes) yes=1 ;;
    --skip | --again | --set | --state)
        [ $# -ge 2 ] || wrong "$1 needs a value; see --help"
        case $1 in
        --skip) skip=$2 ;;
        --again) again=$2 ;;
        --set) set_value=$2 ;;
        --state) state=$2 ;;
        esac
        shift
        ;;
    --help | -h)
        usage
        exit 0
        ;;
    *) wrong "unknown: $1; see --help" ;;
    esac
    shift
done

for tool in curl jq; do
    command -v "$tool" >/dev/null 2>&1 || wrong "please install $tool first"
done
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 2
state=${state:-$here/sent.json}
address=$(address)
address=${address%/}
case $address in
https://* | http://127.0.0.1 | http://127.0.0.1[:/]* | http://localhost | http://localhost[:/]* | 'http://[::1]'*) ;;
*) wrong "$address: keys travel by https only" ;;
esac

# The files have plain names without spaces; their numbers count, also above 999.
files=$(for file in "$here"/requests/[0-9]*.json; do printf '%s\n' "${file##*/}"; done | sort -n)
found=$(printf '%s\n' "$files" | grep -c '^[0-9][0-9]*-')
[ "$found" -eq "$count" ] || wrong "there are $found requests here instead of $count: please export again"

# The notes name a request by what it does: a new export may give it another number.
twice=$(printf '%s\n' "$files" | sed 's/^[0-9]*-//' | sort | uniq -d)
noted() {
    if [ -n "$twice" ]; then printf '%s' "$1"; else printf '%s' "${1#*-}"; fi
}

tmp=$(mktemp -d) || exit 2
locked=''
clean() {
    rm -rf "$tmp"
    [ -z "$locked" ] || rmdir "$state.lock" 2>/dev/null
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM

if [ -n "$yes$skip$again$set_value" ]; then
    mkdir "$state.lock" 2>/dev/null ||
        wrong "another send.sh is at work here; if none is, remove the folder $state.lock"
    locked=1
fi
if [ -s "$state" ]; then
    jq -e '.sent | type == "object"' "$state" >/dev/null 2>&1 || wrong "$state is damaged"
    cp "$state" "$tmp/state" || exit 2
else
    jq -n --arg address "$address" '{address: $address, sent: {}, values: {}, trying: null}' >"$tmp/state" || exit 2
fi
before=$(jq -r '.address' "$tmp/state")
[ "$before" = "$address" ] ||
    wrong "$state is about $before, not $address: name another file with --state"

# note JQ-ARGUMENTS…: changes the notes, on disk at once.
note() {
    jq "$@" "$tmp/state" >"$tmp/noted" || stop "cannot write $state"
    mv -f "$tmp/noted" "$tmp/state" || stop "cannot write $state"
    cp "$tmp/state" "$state.new" || stop "cannot write $state"
    mv -f "$state.new" "$state" || stop "cannot write $state"
}

sum() {
    cksum <"$here/requests/$1"
}

# The file of a number.
numbered() {
    for file in $files; do
        case ${file%%-*} in
        "$1" | 0"$1" | 00"$1")
            printf '%s' "$file"
            return
            ;;
        esac
    done
    wrong "there is no request $1"
}

if [ -n "$skip$again$set_value" ]; then
    if [ -n "$skip" ]; then
        file=$(numbered "$skip") || exit 2
        note --arg file "$(noted "$file")" --arg sum "$(sum "$file")" \
            '.sent[$file] = {status: "skipped", sum: $sum} | if .trying == $file then .trying = null else . end'
        jq -r '.binds | keys[] | "now say its id: --set \(.)=ID"' "$here/requests/$file"
    fi
    if [ -n "$again" ]; then
        file=$(numbered "$again") || exit 2
        note --arg file "$(noted "$file")" 'del(.sent[$file]) | if .trying == $file then .trying = null else . end'
    fi
    if [ -n "$set_value" ]; then
        case $set_value in
        *=*) ;;
        *) wrong '--set needs NAME=VALUE' ;;
        esac
        # Ids that are numbers stay numbers.
        note --arg name "${set_value%%=*}" --arg value "${set_value#*=}" \
            '.values[$name] = (if $value | test("^(0|[1-9][0-9]{0,14})$") then $value | tonumber else $value end)'
    fi
    echo 'noted'
    exit 0
fi

missing=''
for key in $keys; do
    eval "value=\${$key:-}"
    # shellcheck disable=SC2154  # eval sets it.
    [ -n "$value" ] || missing="$missing $key"
done

if [ -z "$yes" ]; then
    for file in $files; do
        said='would send '
        if jq -e --arg file "$(noted "$file")" '.sent[$file]' "$tmp/state" >/dev/null; then
            said='sent before'
        fi
        jq -r --arg said "$said" --arg file "$file" --arg address "$address" \
            '"\($said)  \($file)  \(.method) \($address)\(.path)"' "$here/requests/$file"
    done
    [ -z "$missing" ] || echo "Please set first:$missing"
    echo 'Nothing has been sent. Send with: sh send.sh --yes'
    exit 0
fi
[ -z "$missing" ] || wrong "please set first:$missing"

trying=$(jq -r '.trying // empty' "$tmp/state")
for file in $files; do
    [ "$(noted "$file")" != "$trying" ] || stop "$file was under way when send.sh ended the last time. Look at $title whether it has arrived:
if it has: sh send.sh --skip ${file%%-*}, if not: sh send.sh --again ${file%%-*}"
done

# All names that requests bind: only these are placeholders, whatever else looks like one.
jq -s '[.[].binds // {} | keys[]]' "$here"/requests/[0-9]*.json >"$tmp/names" || exit 2

# Puts what earlier answers gave in the place of ${name}. A text that is nothing else becomes the
# value itself, so that a number stays a number. What is put in is not read again.
filling='
def values: $state[0].values;
def names: [match("\\$\\{([^{}]+)\\}"; "g").captures[0].string];
def filled:
    if contains("${") | not then .
    else gsub("\\$\\{(?<n>[^{}]+)\\}"; .n as $n | if values | has($n) then values[$n] | tostring else "${" + $n + "}" end)
    end;
def path: gsub("\\$\\{(?<n>[^{}]+)\\}"; .n as $n | if values | has($n) then values[$n] | tostring | @uri else "${" + $n + "}" end);
def whole: if test("\\A\\$\\{[^{}]+\\}\\z") then .[2:-1] else "" end;
def body:
    if type == "string" then whole as $n | if $n != "" and (values | has($n)) then values[$n] else filled end
    elif type == "array" then map(body)
    elif type == "object" then map_values(body)
    else . end;
'
wanted='
[.path, (.body | .. | strings)] | map(select(contains("${")) | names[]) | unique
| map(select(. as $n | ($names[0] | index([$n])) != null and (values | has($n) | not))) | .[]
'
# What the answer holds at a JSON pointer; nothing where it holds nothing.
pointed='
def at($pointer): reduce ($pointer | split("/")[1:][] | gsub("~1"; "/") | gsub("~0"; "~")) as $key
    (.; if type == "array" then .[$key | tonumber? // -1] elif type == "object" then .[$key] else null end);
. as $answer | $request[0].binds // {} | map_values(. as $pointer | $answer | at($pointer) | select(. != null))
'

# Shows an answer without the keys, should it repeat them.
show() {
    jq -Rrs --arg keys "$keys" 'reduce ($keys | split(" ")[] | env[.] // "" | select(. != "") | ., tojson[1:-1]) as $key
        (.; split($key) | join("***")) | .[:4000]' "$1" >&2
}

# Sends the request in $tmp/request; leaves the answer in $tmp/answer, gives its status.
call() {
    set -- -q --silent --show-error --connect-timeout 20 --max-time 120 --output "$tmp/answer" \
        --dump-header "$tmp/answered" --write-out '%{http_code}' \
        --request "$(jq -r .method "$tmp/request")"
    kind=$(jq -r 'if .body == null then "none" elif .form then "form" else "json" end' "$tmp/request")
    : >"$tmp/headers"
    for name in $(jq -r '.headers[]' "$tmp/request"); do
        case $kind:$name in
        # Without a body there is no type, and curl itself writes the one of a form.
        none:[Cc]ontent-[Tt]ype | form:[Cc]ontent-[Tt]ype) continue ;;
        esac
        value=$(header "$name") || return 120
        printf '%s: %s\n' "$name" "$value" >>"$tmp/headers"
    done
    # A file, so that keys are in no list of processes.
    set -- "$@" --header "@$tmp/headers"
    case $kind in
    none) set -- "$@" --header 'Content-Type:' --data '' ;;
    json)
        jq -c '@BODY@' "$tmp/request" >"$tmp/body" || return 120
        set -- "$@" --data-binary "@$tmp/body"
        ;;
    form)
        jq -c '[.body | to_entries[] | .key as $key | (.value | if type == "array" then .[] else . end)
            | {key: $key, value: (if type == "string" then . else tojson end)}]' "$tmp/request" >"$tmp/fields" || return 120
        number=0
        fields=$(jq length "$tmp/fields")
        while [ "$number" -lt "$fields" ]; do
            jq -j --argjson at "$number" '.[$at].value' "$tmp/fields" >"$tmp/field.$number"
            set -- "$@" --form "$(jq -r --argjson at "$number" '.[$at].key' "$tmp/fields")=<$tmp/field.$number"
            number=$((number + 1))
        done
        ;;
    esac
    rm -f "$tmp/answer" "$tmp/answered"
    : >"$tmp/answer"
    curl "$@" "$address$(jq -r .path "$tmp/request")"
}

for file in $files; do
    what=$(jq -r '"\(.method) \(.path)"' "$here/requests/$file")
    done_with=$(jq -r --arg file "$(noted "$file")" '.sent[$file].sum // empty' "$tmp/state")
    if [ -n "$done_with" ]; then
        [ "$done_with" = "$(sum "$file")" ] ||
            stop "$file has changed since it was sent. Remove the old thing at $title and use --again ${file%%-*}, or keep it and use --skip ${file%%-*}."
        printf 'sent before  %s\n' "$file"
        continue
    fi
    lacking=$(jq -r --slurpfile state "$tmp/state" --slurpfile names "$tmp/names" "$filling$wanted" "$here/requests/$file") || exit 1
    [ -z "$lacking" ] || stop "$file needs what no answer has given: $lacking. Say it with --set NAME=VALUE."
    jq --slurpfile state "$tmp/state" "$filling"'.path |= path | .body |= body' "$here/requests/$file" >"$tmp/request" || exit 1
    note --arg file "$(noted "$file")" '.trying = $file'
    tries=0
    while :; do
        tries=$((tries + 1))
        status=$(call)
        ended=$?
        if [ "$ended" -ne 0 ]; then
            case $ended in
            5 | 6 | 7)
                # Nobody was there, so nothing has arrived.
                note '.trying = null'
                stop "$file: $address cannot be reached"
                ;;
            120)
                note '.trying = null'
                stop "$file cannot be read"
                ;;
            *) stop "$file: no answer came, so nobody knows whether it has arrived. Look at $title:
if it has: sh send.sh --skip ${file%%-*}, if not: sh send.sh --again ${file%%-*}" ;;
            esac
        fi
        if [ "$status" != 429 ] || [ "$tries" -ge 6 ]; then
            break
        fi
        pause=$(sed -n 's/^[Rr][Ee][Tt][Rr][Yy]-[Aa][Ff][Tt][Ee][Rr]: *\([0-9][0-9]*\).*/\1/p' "$tmp/answered" | tail -n 1)
        pause=${pause:-$((tries * 5))}
        if [ "${#pause}" -gt 3 ] || [ "$pause" -gt 120 ]; then
            break
        fi
        printf 'too fast for %s: waiting %s s\n' "$title" "$pause"
        sleep "$pause"
    done
    case $status in
    2??) ;;
    *)
        note '.trying = null'
        printf '%s  %s  %s\n' "$status" "$file" "$what" >&2
        show "$tmp/answer"
        stop "Stopped: $title did not take $file. Mend it, then run send.sh --yes again: it goes on here."
        ;;
    esac
    jq --slurpfile request "$tmp/request" "$pointed" "$tmp/answer" >"$tmp/got" 2>/dev/null || echo '{}' >"$tmp/got"
    note --slurpfile got "$tmp/got" --arg file "$(noted "$file")" --arg status "$status" --arg sum "$(sum "$file")" \
        '.values += $got[0] | .sent[$file] = {status: ($status | tonumber), sum: $sum} | .trying = null'
    printf '%s  %s  %s\n' "$status" "$file" "$what"
    lost=$(jq -r --slurpfile got "$tmp/got" '.binds // {} | keys[] | select(. as $name | $got[0] | has($name) | not)' "$here/requests/$file")
    [ -z "$lost" ] || stop "The answer to $file does not hold $lost. Look it up at $title and say it with --set NAME=VALUE."
done
echo "All $count requests are sent."

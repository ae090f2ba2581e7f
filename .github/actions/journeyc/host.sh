# shellcheck shell=sh disable=SC2034,SC2154 # some names are set or used by the scripts that read this
# Calls to a host: GitHub or GitLab, over HTTP, with curl and jq.
#
# In: $authorization and $accept, the headers that differ from host to host. Out: call, and what tells
# how it went. Invariants: the token comes from the environment and goes to curl through its standard
# input, so it is in no argument, in no file, and in no trace; texts travel in files; what fails for a
# moment is tried again, but never for ever; nothing stays behind. Not done here: what is said to whom.

# A trace would show the token.
set +x
set -u
umask 077
LC_ALL=C
export LC_ALL

# What a failing host may cost: so many tries a call, and so many seconds of waiting in one run.
most_tries=5
patience=300
# What a host may send, and how many pages of a hundred things are read.
most_bytes=67108864
most_pages=100

say() { printf '%s\n' "journeyc: $*" >&2; }

# die STATUS WORDS…
die() {
    status=$1
    shift
    say "$@"
    exit "$status"
}

# The end of every run: nothing stays behind.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

for program in curl jq; do
    command -v "$program" >/dev/null || die 2 "$program is needed"
done

# is_number TEXT: whether it is a plain positive number.
is_number() {
    case $1 in
        '' | 0* | *[!0-9]*) return 1 ;;
    esac
    [ ${#1} -le 18 ]
}

# is_repository TEXT: whether it has the form OWNER/NAME.
is_repository() {
    case $1 in
        *[!A-Za-z0-9_./-]* | /* | */ | */*/*) return 1 ;;
        */*) ;;
        *) return 1 ;;
    esac
}

# is_commit TEXT: whether it is the full name of a commit.
is_commit() {
    case $1 in
        *[!0-9a-f]*) return 1 ;;
    esac
    [ ${#1} = 40 ]
}

# Takes the token out of the environment, so that no program started from here inherits it.
# keep_token NAME
keep_token() {
    eval "token=\${$1:-}"
    unset "$1"
    [ -n "$token" ] || die 2 "$1 is not set"
    case $token in
        *[!A-Za-z0-9_.=+/-]*) die 2 "$1 is no token" ;;
    esac
}

# A header of the last answer.
# header NAME
header() {
    tr -d '\r' <"$work/headers" | awk -v name="$1" '
        index(tolower($0), name ":") == 1 { sub(/^[^:]*:[ \t]*/, ""); value = $0 }
        END { print value }'
}

# How many seconds a refused call should wait; nothing if waiting does not help.
wait_for_limit() {
    after=$(header retry-after)
    if ! is_number "$after"; then
        [ "$(header x-ratelimit-remaining)" = 0 ] || return 1
        reset=$(header x-ratelimit-reset)
        is_number "$reset" || return 1
        after=$((reset - $(date +%s)))
        [ "$after" -gt 0 ] || after=1
    fi
    echo "$after"
}

# Calls the host. The answer is in $work/answer, its headers in $work/headers, its status in $code.
# What is broken for a moment is tried again, and so is what came too often; nothing else.
# call METHOD ADDRESS [FILE]
call() {
    tries=0
    while :; do
        tries=$((tries + 1))
        : >"$work/headers"
        : >"$work/answer"
        code=$(transfer "$@") || code=000
        case $code in
            000 | 5??) pause=$((1 << (tries - 1))) ;;
            403 | 429) pause=$(wait_for_limit) || return 0 ;;
            *) return 0 ;;
        esac
        if [ "$tries" -ge "$most_tries" ] || [ "$pause" -gt "$patience" ]; then
            return 0
        fi
        patience=$((patience - pause))
        say "the host answers $code; trying again in $pause s"
        "${JOURNEYC_SLEEP:-sleep}" "$pause"
    done
}

# One try. `-q` keeps settings of this machine out; no redirect is followed, for the token would go along.
transfer() {
    printf 'header = "%s%s"\n' "$authorization" "$token" |
        curl -q --silent --globoff --config - --request "$1" \
            --connect-timeout 10 --max-time 60 --max-filesize "$most_bytes" --proto '=http,https' \
            --header "Accept: $accept" --header 'Content-Type: application/json' \
            --header 'User-Agent: journeyc' --header 'Expect:' \
            ${3:+--data-binary "@$3"} \
            --dump-header "$work/headers" --output "$work/answer" --write-out '%{http_code}' "$2"
}

# Whether the last call did what was asked.
is_done() {
    case $code in 2??) ;; *) return 1 ;; esac
}

# What the host says of a call that failed, in one line: it may quote what strangers wrote.
complaint() {
    words=$(jq -r '[.message?, .error?, (.errors? | arrays | .[0] | .message? // .)] | map(select(. != null))
        | map(tostring) | join(": ") | gsub("[[:cntrl:]]+"; " ") | .[0:200]' "$work/answer" 2>/dev/null)
    printf '%s' "$code${words:+, $words}"
}

# Ends the run because of the last answer.
# refuse WHAT
refuse() {
    # Too often is not the same as never.
    if wait_for_limit >/dev/null; then
        die 1 "cannot $1: $(complaint)"
    fi
    case $code in
        401 | 403 | 404) die 4 "cannot $1: $(complaint)" ;;
        *) die 1 "cannot $1: $(complaint)" ;;
    esac
}

#!/bin/sh
# Puts the templates and the stack of this folder into the AWS account that the `aws` command uses.
# Without --yes it only prints what it would do. Nothing sends mail afterwards: every rule is off.
set -eu
cd "$(dirname "$0")"
stack=STACK
run() { if [ "${yes:-}" = 1 ]; then "$@"; else printf 'would run:'; printf ' %s' "$@"; printf '\n'; fi; }
[ "${1:-}" = --yes ] && yes=1
for tool in aws jq; do
    command -v "$tool" >/dev/null || { echo "this needs $tool" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in requests/*.json; do
    [ "$(jq -r .path "$file")" = /v2/email/templates ] || continue
    name=$(jq -r .body.TemplateName "$file")
    jq .body "$file" >"$work/body.json"
    if [ "${yes:-}" != 1 ]; then
        echo "would write the template $name"
        continue
    fi
    if aws sesv2 get-email-template --template-name "$name" >/dev/null 2>&1; then
        run aws sesv2 update-email-template --cli-input-json "file://$work/body.json"
    else
        run aws sesv2 create-email-template --cli-input-json "file://$work/body.json"
    fi
done
# A stack of more than 51,200 bytes goes by way of a bucket: name one in JOURNEYC_BUCKET.
run aws cloudformation deploy --template-file cloudformation.json --stack-name "$stack" \
    --capabilities CAPABILITY_IAM ${JOURNEYC_BUCKET:+--s3-bucket "$JOURNEYC_BUCKET"}

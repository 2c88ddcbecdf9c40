#!/bin/sh
# Asks a list with curl alone: a campaign is made, its list sent, started, followed, and what became of each person written to
# a file. Needs curl and jq.
#
#   CALLPERMIT_URL=http://127.0.0.1:3000 CALLPERMIT_KEY=... sh ask.sh people.csv results.csv
set -eu
list=$1
results=$2
: "${CALLPERMIT_URL:?}" "${CALLPERMIT_KEY:?}"

# The key goes by a file that nobody else reads: an argument would be seen by everybody on this machine.
config=$(mktemp)
trap 'rm -f "$config"' EXIT
printf 'header = "Authorization: Bearer %s"\n' "$CALLPERMIT_KEY" > "$config"
api() {
  curl --silent --show-error --fail-with-body --config "$config" "$@"
}

# The same key with the same list is the same campaign: to run this twice asks nobody twice.
campaign=$(jq -n --arg template "${TEMPLATE:-sample_cpr_template}" --arg language "${LANGUAGE:-en}" \
  '{template: $template, language: $language}')
made=$(api "$CALLPERMIT_URL/v1/campaigns" --header 'Content-Type: application/json' \
  ${LIST_KEY:+--header "Idempotency-Key: $LIST_KEY"} --data "$campaign")
id=$(printf '%s' "$made" | jq -r .id)
echo "campaign $id"

# As it is read, in gzip; of any length.
taken=$(gzip -c "$list" | api "$CALLPERMIT_URL/v1/campaigns/$id/recipients" --header 'Content-Type: text/csv' \
  --header 'Content-Encoding: gzip' --header 'Expect:' --upload-file - --request POST)
printf '%s' "$taken" | jq -r '"added \(.added), refused \(.refused)"'
# One that was begun before is left as it is.
now=$(api "$CALLPERMIT_URL/v1/campaigns/$id")
[ "$(printf '%s' "$now" | jq -r .state)" != draft ] || api --request POST "$CALLPERMIT_URL/v1/campaigns/$id/start" > /dev/null

# Followed until it is done, or somebody or something stops it.
while :; do
  now=$(api "$CALLPERMIT_URL/v1/campaigns/$id")
  state=$(printf '%s' "$now" | jq -r .state)
  [ "$state" = running ] || break
  sleep 1
done
echo "$state $(printf '%s' "$now" | jq -c '.counts | with_entries(select(.value > 0))')"

api "$CALLPERMIT_URL/v1/campaigns/$id/export?format=csv" --output "$results"

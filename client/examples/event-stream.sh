#!/bin/sh
# Follows events with curl: sh client/examples/event-stream.sh [url of the API] [cursor] [ms of silence]
url=${1:-http://127.0.0.1:4000}
silent_after=$((${3:-30000} / 1000)) # seconds; the API sends something every 12 s
cursor_file=$(mktemp)
trap 'rm -f "$cursor_file"' EXIT
printf %s "${2:-}" >"$cursor_file"

follow() {
  # less than a byte a second for so long is a connection that is dead
  curl --silent --no-buffer --connect-timeout 10 --speed-limit 1 --speed-time "$silent_after" \
    --get --data-urlencode 'query=subscription { events { id type } }' --write-out '\nstatus: %{http_code}\n' \
    --header 'accept: text/event-stream' --header "last-event-id: $(cat "$cursor_file")" "$url/graphql"
}

take() {
  id='' event='' data=''
  while IFS= read -r line; do
    case $line in
    'id: '*) id=${line#id: } ;;
    'event: '*) event=${line#event: } ;;
    'data: '*) data=${line#data: } ;;
    'status: 4'*) echo "refused with $line" >&2 && return 1 ;;
    '')
      # only here has all of it arrived
      [ "$event" = next ] && printf '%s\n' "$data"
      [ "$event" = complete ] && return 1
      [ -n "$id" ] && printf %s "$id" >"$cursor_file"
      id='' event='' data=''
      ;;
    esac
  done
  return 0
}

while follow | take; do
  sleep "$(awk 'BEGIN { srand(); print 0.5 + rand() * 2 }')"
done

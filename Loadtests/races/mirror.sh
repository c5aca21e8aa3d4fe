# Subject of the race's mirror set: two regions as `fed up` runs them. The measured process holds both brokers, both gateways and the link,
# so CPU and memory are those of all five; MirrorMaker's are its own alone.
source "$(dirname "${BASH_SOURCE[0]}")/gateway.sh"
REGIONS=eu,us
cli=$root/artifacts/bin/Federation.Cli/release/Federation.Cli.dll

name() { echo "Federation, eu mirrored to us, flush ${FLUSH:-os}"; }
url() { echo "http://127.0.0.1:$((8080 + $(offset)))"; }
mirror_bootstrap() { echo "127.0.0.1:$((PORT + 100))"; }
mirror_topic() { echo "$1"; }

# Every topic whose name begins with kload, those that exist and those to come, is taken over as a federated topic with a copy in us.
mirror_start() {
  setsid bash -c '
    known=" "
    while kill -0 "$1" 2>/dev/null; do
      for topic in $("$2" -L -b "$3" 2>/dev/null | sed -n "s/^  topic \"\(kload[^\"]*\)\".*/\1/p"); do
        case $known in *" $topic "*) continue ;; esac
        dotnet "$4" topic create "$topic" --adopt --home eu --mirror us --url "$5" && known="$known$topic "
      done
      sleep 0.2
    done' watch "$(cat "$DIR/1.pid")" kcat "$(bootstrap)" "$cli" "$(url)" </dev/null >"$DIR/watch.log" 2>&1 &
  echo $! > "$DIR/watch.pid"; disown
}
stop() {
  [ -f "$DIR/watch.pid" ] && kill -- -"$(cat "$DIR/watch.pid")" 2>/dev/null
  kill -9 "$(cat "$DIR/1.pid")" 2>/dev/null
}

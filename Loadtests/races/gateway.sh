# Subject of the race: one region as `fed up` runs it, through its gateway. Broker and gateway are one process. FLUSH=os or batch.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
built=$root/artifacts/bin/Federation.Standalone/release/Federation.Standalone.dll
nodes=1
offset() { echo $((PORT - 9092)); }

name() { echo "Federation, through the gateway, flush ${FLUSH:-os}"; }
launch() {
  setsid dotnet "$built" up --regions "${REGIONS:-eu}" --data "$DIR/data" --port-offset "$(offset)" --flush "${FLUSH:-os}" </dev/null >>"$DIR/1.log" 2>&1 &
  echo $! > "$DIR/1.pid"; disown
}
start() {
  [ -f "$built" ] || dotnet build "$root/Federation/Standalone" -c Release -v q >&2 || return 1
  mkdir -p "$DIR" && launch
}
bootstrap() { echo "127.0.0.1:$PORT"; }
pids() { cat "$DIR/1.pid"; }
kill_node() { kill -9 "$(cat "$DIR/1.pid")"; }
stop_node() { kill -TERM "$(cat "$DIR/1.pid")"; }
start_node() { launch; }
alive() { kill -0 "$(cat "$DIR/1.pid")" 2>/dev/null; }
stop() { kill -9 "$(cat "$DIR/1.pid")" 2>/dev/null; }

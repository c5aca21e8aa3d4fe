# Subject of the race: our broker, one process, compiled ahead of time. FLUSH=os (as Apache Kafka's default) or batch.
# What each function owes is written in the race's subject.sh.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
built=$root/artifacts/race/broker
nodes=1

name() { echo "Federation broker, flush ${FLUSH:-os}"; }
build() {
  [ -x "$built/Broker.Node" ] && [ -z "$(find "$root/Broker" "$root/Protocol" "$root/Kernel" "$root/Hosting" -name '*.cs' -newer "$built/Broker.Node" | head -n 1)" ] && return 0
  dotnet publish "$root/Broker/Node" -c Release -r linux-x64 -p:PublishAot=true -o "$built" -v q >&2 && touch "$built/Broker.Node"
}
launch() {
  setsid "$built/Broker.Node" --data "$DIR/1" --listen "127.0.0.1:$PORT" --flush "${FLUSH:-os}" \
    --set offsets.topic.num.partitions=5 --set group.initial.rebalance.delay.ms=0 </dev/null >>"$DIR/1.log" 2>&1 &
  echo $! > "$DIR/1.pid"; disown
}
start() { build && mkdir -p "$DIR" && launch; }
bootstrap() { echo "127.0.0.1:$PORT"; }
pids() { cat "$DIR/1.pid"; }
kill_node() { kill -9 "$(cat "$DIR/1.pid")"; }
stop_node() { kill -TERM "$(cat "$DIR/1.pid")"; }
start_node() { launch; }
alive() { kill -0 "$(cat "$DIR/1.pid")" 2>/dev/null; }
stop() { kill -9 "$(cat "$DIR/1.pid")" 2>/dev/null; }

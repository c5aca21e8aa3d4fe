# Sourced behind a subject's functions: its start then fills the page cache first, as it is on any machine where a broker has run for a while. Each
# new page then takes the place of an old one. Memory that is free instead may cost its first touch (docs/benchmarks.md says what that did to a race).
# FILL: a folder for nine tenths of the memory in files, made by the first start and left to the caller to remove.
fill=${FILL:-${TMPDIR:-/tmp}/race-fill}

eval "start_subject() $(declare -f start | tail -n +2)"
start() { fill_cache >&2 && start_subject; }

fill_cache() {
  local kib n
  kib=$(awk '/^MemTotal/ { print int($2 * 0.9 / 4) }' /proc/meminfo)
  mkdir -p "$fill" || return 1
  for n in 1 2 3 4; do
    [ -f "$fill/$n" ] || { head -c "${kib}K" /dev/zero > "$fill/$n.part" && mv "$fill/$n.part" "$fill/$n"; } || return 1
  done
  cat "$fill"/[1-4] > /dev/null
}

# Subject of the race: the peers' Apache Kafka, on a machine whose page cache is full (full-cache.sh). PEERS: the folder of the race.
here=${PEERS:-$(dirname "${BASH_SOURCE[0]}")/../../../shared/peers/race}
. "$here/peers-kafka-1.sh"
. "$(dirname "${BASH_SOURCE[0]}")/full-cache.sh"

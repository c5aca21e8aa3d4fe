# Subject of the race: our broker (broker.sh), on a machine whose page cache is full (full-cache.sh).
. "$(dirname "${BASH_SOURCE[0]}")/broker.sh"
. "$(dirname "${BASH_SOURCE[0]}")/full-cache.sh"

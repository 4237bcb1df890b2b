#!/usr/bin/env bash
# Makes the locks in src/python/requirements: for each evals-<version>.in, evals-<version>.txt with every package the
# action installs for that version, on every supported Python and platform, pinned and hashed.
#
#   scripts/lock.sh             repeats the locks: versions stay as they are unless the .in asks for others
#   scripts/lock.sh --upgrade   takes the newest versions (further arguments go to `uv pip compile` too)
#
# Wheels only, so that nothing is compiled on a runner. Releases younger than a week are left out: a bad one is usually
# found within days.
set -euo pipefail
cd "$(dirname "$0")/../src/python/requirements"

for input in evals-*.in; do
  name="${input%.in}"
  uv pip compile "$input" --output-file "$name.txt" --config-file "$name.uv.toml" --quiet \
    --universal --python-version 3.9 --only-binary :all: --exclude-newer '7 days' \
    --generate-hashes --no-header --annotation-style line --no-emit-index-url --no-emit-find-links "$@"
  printf '%s\n' "# Made by scripts/lock.sh from $input: edit that and run it again. Install with --no-deps --require-hashes." \
    | cat - "$name.txt" > "$name.txt.new"
  mv "$name.txt.new" "$name.txt"
  echo "$name.txt: $(grep -c '==' "$name.txt") pins, $(grep -c 'sha256:' "$name.txt") hashes"
done

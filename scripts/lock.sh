#!/usr/bin/env bash
# Writes the locks in src/python/requirements. For each evals-<version>.in it writes evals-<version>.txt, which pins and hashes
# every package that the action installs for that version, on every supported Python and platform.
#
#   scripts/lock.sh             updates the locks, and keeps all versions that the .in files allow
#   scripts/lock.sh --upgrade   updates to the newest versions (all arguments are passed to `uv pip compile`)
#
# The locks contain only wheels, so that nothing is compiled on a runner, and no release younger than a week, because a bad
# release is usually withdrawn within days.
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

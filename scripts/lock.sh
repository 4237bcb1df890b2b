#!/usr/bin/env bash
# Writes the locks in src/python/requirements. For each evals-<version>.in it writes evals-<version>.txt, which pins and hashes
# every package that the action may install for that version, on every supported Python and platform, and
# evals-<version>.groups.json, which says when each of them is installed. From uv.in it writes uv.txt: the uv that installs
# them on a machine that has none.
#
#   scripts/lock.sh             updates the locks, and keeps all versions that the .in files allow
#   scripts/lock.sh --upgrade   updates to the newest versions (all arguments are passed to `uv pip compile`)
#
# The locks contain only wheels, so that nothing is compiled on a runner, and no release younger than a week, because a bad
# release is usually withdrawn within days.
set -euo pipefail
cd "$(dirname "$0")/../src/python/requirements"

for input in evals-*.in uv.in; do
  name="${input%.in}"
  config=(--no-config)
  [ -f "$name.uv.toml" ] && config=(--config-file "$name.uv.toml")
  uv pip compile "$input" --output-file "$name.txt" "${config[@]}" --quiet \
    --universal --python-version 3.9 --only-binary :all: --exclude-newer '7 days' \
    --generate-hashes --no-header --annotation-style line --no-emit-index-url --no-emit-find-links "$@"
  printf '%s\n' "# Made by scripts/lock.sh from $input: edit that and run it again. Install with --no-deps --require-hashes." \
    | cat - "$name.txt" > "$name.txt.new"
  mv "$name.txt.new" "$name.txt"
  [ "$name" = uv ] || python3 ../../../scripts/package-groups.py "$input" "$name.txt"
  echo "$name.txt: $(grep -c '==' "$name.txt") pins, $(grep -c 'sha256:' "$name.txt") hashes"
done

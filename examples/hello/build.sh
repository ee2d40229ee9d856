#!/usr/bin/env bash
# An ordinary build that uses one bad dependency. Run it sealed, from the top of the repository:
#   npm start
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

echo
echo 'The build does its work:'
node --test greeting.test.mjs >test.log || { cat test.log; exit 1; }
echo '  tested greeting.mjs'
mkdir -p out
{ cat greeting.mjs; echo "console.log(greeting('world'));"; } >out/hello.mjs
echo '  built  out/hello.mjs'
echo "  ran it: $(node out/hello.mjs)"

echo
echo 'Its bad dependency does what it should not:'
node bad-dependency.mjs
echo

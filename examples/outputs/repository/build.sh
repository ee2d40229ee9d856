set -euo pipefail
mkdir -p tools/bin
printf '#!/bin/sh\necho "greetings from version 1.2.3"\n' >tools/bin/greet
chmod +x tools/bin/greet

echo version=1.2.3 >>"$GITHUB_OUTPUT"
echo "$PWD/tools/bin" >>"$GITHUB_PATH"

# Nobody named these, so they stay in the sandbox.
echo digest=0123 >>"$GITHUB_OUTPUT"
echo EDITOR=/tmp/evil >>"$GITHUB_ENV"

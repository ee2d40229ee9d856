set -euo pipefail
grep --quiet hello greeting.txt
echo 'the greeting is one'

set -euo pipefail
curl --fail --silent --show-error --output greeting.txt http://203.0.113.10/greeting.txt

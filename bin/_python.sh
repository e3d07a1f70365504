# Sourced by the commands beside it: sets $here, and $python to the first Python that is new enough.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
python=""
for candidate in python3 python3.13 python3.12 python3.11; do
    # Asked rather than trusted: a version manager's shim may exist without a Python behind it.
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        python="$candidate"
        break
    fi
done
if [ -z "$python" ]; then
    echo "No Python 3.11 or newer found (tried python3, python3.13, python3.12, python3.11): install one, on Debian and Ubuntu with 'apt-get install python3 python3-venv'." >&2
    exit 2
fi

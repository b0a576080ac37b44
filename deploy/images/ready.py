"""Can the process on this port serve? The health check of a container: no curl, no proxy."""

import sys
from http.client import HTTPConnection, HTTPException

PATIENCE_SECONDS = 5


def main(port: str) -> int:
    """Ask for /readyz; return 0 if the answer is 200, else 1 with what was said."""
    connection = HTTPConnection("127.0.0.1", int(port), timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        sys.stdout.write(answer.read().decode())
    except (OSError, HTTPException) as error:
        sys.stdout.write(f"{error}\n")
        return 1
    return 0 if answer.status == 200 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

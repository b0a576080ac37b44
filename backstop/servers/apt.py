"""Install Debian packages for a private server, without any system service coming to life."""

import os
import shutil
import subprocess
from collections.abc import Sequence

# One script, so that sudo asks once and the guards go away whatever happens. Each guard exists
# only while the packages are being installed, and only where it was not there before:
# policy-rc.d forbids starting services; the drop-in keeps Debian from creating a cluster "main".
# Newly installed units are disabled, so that the next boot of the machine starts none either.
SCRIPT = r"""
set -eu
units=$1; shift
policy=/usr/sbin/policy-rc.d
cluster=/etc/postgresql-common/createcluster.d/backstop.conf
folder=${cluster%/*}
made=
trap 'rm -f $made; rmdir "$folder" "${folder%/*}" 2>/dev/null || :' EXIT
trap 'exit 130' INT TERM HUP
if [ ! -e $policy ]; then
    made="$made $policy"; printf '#!/bin/sh\nexit 101\n' >$policy; chmod 755 $policy
fi
if [ ! -e $cluster ]; then
    made="$made $cluster"; mkdir -p "$folder"; echo 'create_main_cluster = false' >$cluster
fi
export DEBIAN_FRONTEND=noninteractive
install() { apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends "$@"; }
install "$@" || { apt-get -q update; install "$@"; }
if command -v systemctl >/dev/null; then systemctl --quiet disable $units || :; fi
"""


def may_install() -> bool:
    """Tell whether there is apt here and we are root, or sudo asks no password."""
    if shutil.which("apt-get") is None:
        return False
    return _as_root() is not None


def install(packages: Sequence[str], units: Sequence[str]) -> subprocess.Popen[str]:
    """Start the installation; its output tells the progress, its status whether it worked."""
    return subprocess.Popen(
        [*(_as_root() or ()), "/bin/sh", "-c", SCRIPT, "backstop", " ".join(units), *packages],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        text=True,
        errors="replace",
    )


def _as_root() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    asked = subprocess.run([sudo, "-n", "true"], capture_output=True, check=False)
    return [sudo, "-n"] if asked.returncode == 0 else None

"""Accounts without rights on a lab host, and what sudo lets one of them run.

They exist in the host's own mount namespace alone, where its /etc is its own: whatever is typed there as root stays
there. Its /dev has umad devices that only root may open.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterable
from pathlib import Path

USER, UID = "fabops", 64711
BARE = "newops"
"""As the other one, and no rule of sudo's names it."""
SUDO = Path("/usr/bin/sudo")
UMAD = "/dev/infiniband/umad0"
LOG_GROUP = "systemd-journal"
_LOG_GID = 64710
DMESG = """#!/bin/sh
# as where kernel.dmesg_restrict is set, for root too: the machine's own ring is not the lab's matter
echo "dmesg: read kernel buffer failed: Operation not permitted" >&2; exit 1
"""
UDEVADM = r"""#!/bin/sh
# udevadm trigger: what the rules say of umad devices is done to them
[ "$1" = trigger ] || exit 0
said() { sed -n 's/.*KERNEL=="umad\*".*'"$1"'="\([^"]*\)".*/\1/p' /etc/udev/rules.d/*.rules; }
chgrp "$(said GROUP)" /dev/infiniband/umad* && chmod "$(said MODE)" /dev/infiniband/umad*
"""
_LISTS = ("passwd", "group", "shadow", "gshadow")
_CHANGED = {*_LISTS, *(f"{name}-" for name in _LISTS), ".pwd.lock", "sudoers", "sudoers.d", "udev"}
"""What of /etc a lab host has for itself; usermod locks, and keeps what was before."""
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")


def etc(place: Path, tools: Iterable[str], mark: str) -> Path:
    """An /etc in which an account may run `tools` as root, each by its path, and another one nothing.

    What is changed there is copied, the rest leads to the machine's, see `onto_etc`: there are thousands of files.
    `mark` is a variable that sudo passes on, so that what it starts can be found.
    """
    place.mkdir()
    for there in Path("/etc").iterdir():
        if there.name not in _CHANGED:
            (place / there.name).symlink_to(_machines(place) / there.name)
        elif there.is_dir():
            shutil.copytree(there, place / there.name, symlinks=True)
        else:
            shutil.copy2(there, place / there.name)
    for name, uid in ((USER, UID), (BARE, UID + 1)):
        _add(place / "passwd", f"{name}:x:{uid}:{uid}::/tmp:/bin/sh")
        _add(place / "group", f"{name}:x:{uid}:")
        _add(place / "shadow", f"{name}:*:19000:0:99999:7:::")
    if f"{LOG_GROUP}:" not in (place / "group").read_text():
        _add(place / "group", f"{LOG_GROUP}:x:{_LOG_GID}:")
    (place / "sudoers.d").mkdir(exist_ok=True)
    (place / "udev" / "rules.d").mkdir(parents=True, exist_ok=True)
    sudoers = place / "sudoers"
    sudoers.unlink(missing_ok=True)
    sudoers.write_text(
        f'Defaults secure_path="/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\nDefaults env_keep += "{mark}"\n'
        f"{USER} ALL=(root) NOPASSWD: {', '.join(tools)}\n@includedir /etc/sudoers.d\n"
    )
    sudoers.chmod(0o440)
    return place


def onto_etc(place: Path) -> list[str]:
    """Shell lines that put it in the place of /etc; the machine's may only be read from then on."""
    kept, own = shlex.quote(str(_machines(place))), shlex.quote(str(place))
    return [
        f"mkdir -p {kept}",
        f"mount --bind /etc {kept}",
        f"mount -o remount,ro,bind {kept}",
        f"mount --bind {own} /etc",
    ]


def log_gid(place: Path) -> int:
    """The number of the group that may read the journal."""
    line = next(line for line in (place / "group").read_text().splitlines() if line.startswith(f"{LOG_GROUP}:"))
    return int(line.split(":")[2])


def dev(place: Path) -> list[str]:
    """Shell lines that give a mount namespace a /dev of its own."""
    place.mkdir(exist_ok=True)
    quoted = shlex.quote(str(place))
    return [
        f"mount -t tmpfs tmpfs {quoted}",
        f"mkdir {quoted}/pts {quoted}/shm {quoted}/infiniband",
        *(f"touch {quoted}/{name} && mount --bind /dev/{name} {quoted}/{name}" for name in _DEVICES),
        f"mount --bind /dev/pts {quoted}/pts",
        f"ln -s pts/ptmx {quoted}/ptmx",
        f"ln -s /proc/self/fd {quoted}/fd",
        f"(umask 077; touch {quoted}/infiniband/umad0)",
        f"mount --rbind {quoted} /dev",
    ]


def _machines(place: Path) -> Path:
    return place.with_name("machine-etc")


def _add(file: Path, line: str) -> None:
    with file.open("a") as there:
        there.write(f"{line}\n")

"""An account without rights on a lab host, and what sudo lets it run.

The account exists in the host's own mount namespace alone: files there hide the machine's.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

USER, UID = "fabops", 64711
SUDO = Path("/usr/bin/sudo")


def account(place: Path, tools: Iterable[str], mark: str) -> dict[Path, Path]:
    """What is mounted over what: an account that may run `tools` as root, each by its path, and nothing else.

    `mark` is a variable that sudo passes on, so that what it starts can be found.
    """
    place.mkdir(exist_ok=True)
    rule = f'Defaults env_keep += "{mark}"\n{USER} ALL=(root) NOPASSWD: {", ".join(tools)}\n'
    hidden = {
        Path("/etc/passwd"): (_with("/etc/passwd", f"{USER}:x:{UID}:{UID}::/tmp:/bin/sh"), 0o644),
        Path("/etc/shadow"): (_with("/etc/shadow", f"{USER}:*:19000:0:99999:7:::"), 0o640),
        Path("/etc/sudoers"): (f'Defaults secure_path="/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\n{rule}', 0o440),
    }
    found = {}
    for over, (text, mode) in hidden.items():
        if over.exists():
            found[over] = place / over.name
            found[over].write_text(text)
            found[over].chmod(mode)
    return found


def _with(file: str, line: str) -> str:
    return Path(file).read_text().rstrip("\n") + f"\n{line}\n"

"""Where `config/` and `themes/` are: the user's own directory first, then what ships."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from platformdirs import user_config_path

from fabconsole.fabric.errors import ResourceError

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped() -> Path:
    """The directory that holds `config/` and `themes/`: inside a wheel, or the top of a checkout.

    Raises ResourceError where neither is there.
    """
    for place in (_PACKAGE / "share", _PACKAGE.parent):
        if (place / "config").is_dir() and (place / "themes").is_dir():
            return place
    raise ResourceError(
        f"config/ and themes/ are neither in {_PACKAGE / 'share'} nor in {_PACKAGE.parent}: reinstall fabconsole"
    )


def roots() -> Iterator[Path]:
    """Every directory that may hold `config/` and `themes/`, the one that wins first."""
    yield user_config_path("fabconsole")
    yield shipped()


def find(relative: str) -> Path:
    """The file `relative`, such as ``config/thresholds.yaml``: the user's if there is one.

    Raises ResourceError, naming every place looked in.
    """
    places = [root / relative for root in roots()]
    for place in places:
        if place.is_file():
            return place
    looked = ", ".join(str(place) for place in places)
    raise ResourceError(f"{relative} not found; looked for {looked}")


def every(folder: str) -> dict[str, Path]:
    """File stem to path of every YAML file in `folder`, a user's file hiding the shipped one of its name."""
    found: dict[str, Path] = {}
    for root in reversed(list(roots())):
        found.update({path.stem: path for path in sorted((root / folder).glob("*.yaml"))})
    return dict(sorted(found.items()))

"""What a format costs a kilobyte, from bytes to rows, on texts of at least 64 kB.

    python tests/bench/parse.py [FORMAT ...]

A format's samples, and the captures of real tools where they are at hand, each by itself, said over and over until
they are long. Beside it, on the same text, the least that any reader does: splitting every line into words; and, where
ntc-templates is installed, what it takes for EOS's `show interfaces`.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "formats"))

from captures import SAMPLES, captures_of, samples

from fabconsole.formats.format import Format, formats, named
from fabconsole.formats.paste import Paste

_LONG = 1 << 16
_ROUNDS = 5


def long(text: bytes) -> bytes:
    """A text, said often enough."""
    return (text.rstrip(b"\n") + b"\n") * (_LONG // max(len(text), 1) + 1)


def best_ms(read: Callable[[bytes], object], text: bytes) -> float:
    """The fastest of a few rounds, milliseconds a kB."""
    rounds = []
    for _ in range(_ROUNDS):
        begun = time.perf_counter()
        read(text)
        rounds.append(time.perf_counter() - begun)
    return 1000 * min(rounds) / (len(text) / 1024)


def split(text: bytes) -> object:
    """The yardstick."""
    return [line.split() for line in text.decode("utf-8", "replace").split("\n")]


def texts(one: Format) -> dict[str, bytes]:
    """A format's texts by name."""
    return {file.stem: file.read_bytes() for file in samples(one.name)} | captures_of(one)


def measured(one: Format) -> None:
    """Print the format's dearest text."""
    costs = {name: best_ms(lambda data: one.read(Paste(data)), long(text)) for name, text in texts(one).items()}
    dearest = max(costs, key=lambda name: costs[name])
    least = best_ms(split, long(texts(one)[dearest]))
    median = sorted(costs.values())[len(costs) // 2]
    worst = costs[dearest]
    print(f"{one.name:22} {worst:.3f} ms a kB ({worst / least:4.1f} × split), median {median:.3f}  {dearest}")


def peer() -> None:
    """ntc-templates on EOS's `show interfaces`, where both are there."""
    try:
        from ntc_templates.parse import parse_output
    except ImportError:
        print("ntc-templates is not installed: no peer")
        return
    answers = re.split(rb"^\S+#show .*\n", (SAMPLES / "eos.txt").read_bytes(), flags=re.M)
    said = next(answer for answer in answers if b"line protocol" in answer)
    theirs = best_ms(lambda data: parse_output("arista_eos", "show interfaces", data.decode()), long(said))
    ours = best_ms(lambda data: named("eos").read(Paste(data)), long(said))
    print(f"EOS show interfaces: {ours:.3f} ms a kB; ntc-templates {theirs:.3f} ({theirs / ours:.1f} ×)")


def main() -> None:
    """Every format, or those that are named."""
    for one in [named(name) for name in sys.argv[1:]] or formats():
        measured(one)
    if not sys.argv[1:]:
        peer()


if __name__ == "__main__":
    main()

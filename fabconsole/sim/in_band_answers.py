"""What a shell answers to the functions of `platforms.in_band_text`."""

from __future__ import annotations

from fabconsole.sim.act import Act, Complaint, each
from fabconsole.sim.machine import Machine
from fabconsole.sim.tools import iblinkinfo, ibqueryerrors, perfquery, sminfo, subnet

_MOST_FAILURES = 3


def sweep(machine: Machine, words: list[str]) -> Act:
    """``fc_ib NONCE``."""
    nonce = words[1]
    yield from _part(nonce, "sminfo", sminfo.run(machine, ["sminfo"]))
    links = iblinkinfo.run(machine, ["iblinkinfo", "--line", "--switches-only"])
    if (yield from _part(nonce, "links", links)) != 0:
        yield from _part(nonce, "umad", _umads(machine))
    query = ["ibqueryerrors", "--switch", "--threshold-file", "/dev/null"]
    yield from _part(nonce, "errors", ibqueryerrors.run(machine, query))
    return 0


def caps(machine: Machine, words: list[str]) -> Act:
    """``fc_ibc NONCE LID...``."""
    failures = 0
    for lid in words[2:]:
        status = 1
        for query in (["-x", lid, "1"], [lid, "1"]):
            status = yield from _part(words[1], f"caps-{lid}", perfquery.run(machine, ["perfquery", *query]))
            if status == 0:
                break
        failures += status != 0
        if failures >= _MOST_FAILURES:
            break
    return 0


def _umads(machine: Machine) -> Act:
    may = "-" if subnet.shut_out(machine) else "w"
    yield "".join(f"{may} /dev/infiniband/umad{number}\n" for number, _ in enumerate(machine.hcas)).encode()
    return 0


def _part(nonce: str, name: str, act: Act) -> Act:
    """One tool's run, framed: standard output as it comes, then the status, then the complaints."""
    yield f"\x04{nonce} {name}\n".encode()
    complaints: list[bytes] = []

    def kept(said: bytes) -> bytes | None:
        if not isinstance(said, Complaint):
            return said
        complaints.append(bytes(said))
        return None

    status = yield from each(act, kept)
    error = b"".join(complaints).rstrip(b"\n")[:20000]
    yield b"\n\x05%s %d\n%s\n" % (nonce.encode(), status, error)
    return status

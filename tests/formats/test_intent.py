"""Who sees a port that is down wants to know whether somebody meant that: every tool says it in words of its own."""

from __future__ import annotations

import pytest

from fabconsole.formats.format import named
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Row

_STATUS = "Port       Name   Status       Vlan     Duplex Speed  Type         Flags Encapsulation\n"
_RULED = "-" * 80 + "\nPort          Name               Status    Vlan      Duplex  Speed   Type\n" + "-" * 80 + "\n"
_SONIC = "  Interface        Lanes    Speed    MTU    FEC    Alias    Vlan    Oper    Admin    Type\n"
_SONIC += "-----------  -----------  -------  -----  -----  -------  ------  ------  -------  ------\n"
_IP = "2: eth3: <BROADCAST,MULTICAST{}> mtu 1500 qdisc mq state DOWN mode DEFAULT group default qlen 1000\n"
_MLNX = "Eth1/7:\n  Admin state: {}\n  Operational state: Down\n"
_EOS_JSON = '{{"interfaceStatuses": {{"Ethernet4": {{"linkStatus": "{0}", "interfaceStatus": "{0}"}}}}}}'
_NVUE = '{{"swp9": {{"link": {{"admin-status": "{}", "oper-status": "down"}}, "type": "swp"}}}}'


_MLXLINK = "Operational Info\n----------------\nState                           : Disable\n"
_MLXLINK += "Physical state                  : Disabled\nSpeed                           : N/A\n"
_MLXLINK += "Width                           : N/A\nTroubleshooting Info\n--------------------\n"
_MLXLINK += "Recommendation                  : Port is closed by command. Please check that the interface is enabled.\n"


def row(format_name: str, text: str) -> Row:
    (found,) = named(format_name).read(Paste(text)).rows
    return found


@pytest.mark.parametrize(
    ("tool", "text"),
    [
        ("eos", _STATUS + "Et4               disabled     1        full   100G   100GBASE-CR4\n"),
        ("eos", "Ethernet4 is administratively down, line protocol is down (disabled)\n"),
        ("eos", _EOS_JSON.format("disabled")),
        ("nxos", _RULED + "Eth1/4        --                 disabled  1         auto    auto    10Gbase-SR\n"),
        ("nxos", "Ethernet1/4 is down (Administratively down)\nadmin state is down, Dedicated Interface\n"),
        ("cnos", _RULED + "Ethernet1/4   --                 disabled  1         full    auto    eth\n"),
        ("sonic", _SONIC + "  Ethernet4  9,10,11,12     100G   9100     rs    etp2  routed    down     down     N/A\n"),
        ("nvue", _NVUE.format("down")),
        ("mlnx-os", _MLNX.format("Disabled")),
        ("ip-link", _IP.format("")),
    ],
)
def test_a_port_that_somebody_shut_is_expected_to_be_down(tool: str, text: str) -> None:
    port = row(tool, text)
    assert port.state == "down"
    assert port.marks == ["expected down"]


@pytest.mark.parametrize(
    ("tool", "text"),
    [
        ("eos", _STATUS + "Et4               errdisabled  1        full   100G   100GBASE-CR4\n"),
        ("eos", _EOS_JSON.format("errdisabled")),
    ],
)
def test_a_port_that_its_switch_shut_because_of_errors_says_so(tool: str, text: str) -> None:
    assert row(tool, text).marks == ["errdisabled"]


@pytest.mark.parametrize(
    ("tool", "text"),
    [
        ("eos", _STATUS + "Et4               notconnect   1        full   100G   100GBASE-CR4\n"),
        ("nxos", "Ethernet1/4 is down (Link not connected)\nadmin state is up, Dedicated Interface\n"),
        ("sonic", _SONIC + "  Ethernet4  9,10,11,12     100G   9100     rs    etp2  routed    down       up     N/A\n"),
        ("nvue", _NVUE.format("up")),
        ("mlnx-os", _MLNX.format("Enabled")),
        ("ip-link", _IP.format(",UP")),
    ],
)
def test_a_port_that_nobody_shut_has_no_excuse(tool: str, text: str) -> None:
    port = row(tool, text)
    assert port.state == "down"
    assert port.marks == []


def test_a_port_that_was_closed_by_command_is_expected_to_be_down() -> None:
    assert row("mlxlink", _MLXLINK).marks == ["expected down"]

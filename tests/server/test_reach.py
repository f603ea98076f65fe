"""Whether phones can reach the server, and the command that makes it so: what an administrator copies must work."""

import shlex

import pytest

from server import config
from server.commands import parser
from server.web.administration.reach import command, is_deaf

LAN = "http://192.168.1.5:8000"


def settings(**given):
    return config.load(given, {})


def test_the_command_serves_the_same_folder_on_the_same_port_to_the_whole_network(tmp_path):
    here = settings(data=tmp_path / "our data", port=0, empty=True)
    words = shlex.split(command(here, "http://192.168.1.5:45435"))
    assert words[:3] == ["python3", "-m", "server"]
    again = vars(parser().parse_args(["serve", *words[3:]]))
    assert (again["host"], again["port"], again["empty"]) == ("0.0.0.0", 45435, True)
    assert str(again["data"]) == str(tmp_path / "our data")
    assert again["public_url"] == "http://192.168.1.5:45435"


def test_what_is_usual_is_not_said():
    assert command(settings(), LAN) == f"python3 -m server --host 0.0.0.0 --public-url {LAN}"


@pytest.mark.parametrize(
    ("given", "deaf"),
    [
        ({"public_url": LAN}, True),
        ({"public_url": LAN, "host": "0.0.0.0"}, False),
        ({"public_url": LAN, "trusted_proxies": 1}, False),
        ({"public_url": "https://192.168.1.5"}, False),
        ({"public_url": "http://council.example"}, False),
        ({"public_url": "http://127.0.0.1:8000"}, False),
        ({}, False),
    ],
)
def test_an_address_of_the_network_needs_ears_in_the_network(given, deaf):
    assert is_deaf(settings(**given)) is deaf

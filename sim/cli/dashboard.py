"""`mekong dashboard`: policy mixes side by side in a browser."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from typing import Annotated

import typer

from sim.accounts import ACCOUNTS
from sim.cli.console.options import ECOMMERCE, Account
from sim.dashboard.account import ACCOUNT
from sim.errors import InputError, known_name

LOOPBACK = "127.0.0.1"
HOSTS = "MEKONG_DASHBOARD_HOSTS"  # read by the server: the address, then names it also answers to
LARGEST_UPLOAD = 1  # MB, the least that Streamlit can be told; the page itself allows less


def command(address: str, port: int, browser: bool) -> list[str]:
    """What is run: the server of the page, without Streamlit's own telemetry."""
    options = {
        "server.address": address,
        "server.port": str(port),
        "server.headless": "false" if browser else "true",
        "server.maxUploadSize": str(LARGEST_UPLOAD),
        "server.fileWatcherType": "none",
        "server.enableCORS": "true",
        "server.enableXsrfProtection": "true",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "theme.light.primaryColor": "#005C94",  # red would read as a warning
        "theme.dark.primaryColor": "#56B4E9",
    }
    return [
        *(sys.executable, "-m", "sim.dashboard.server"),
        *(f"--{name}={value}" for name, value in options.items()),
    ]


def dashboard(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8501,
    address: Annotated[
        str,
        typer.Option(help="Address to listen on; the loopback lets only this machine in."),
    ] = LOOPBACK,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    host: Annotated[
        list[str] | None,
        typer.Option(
            help="A further name under which browsers reach this server, such as that of a proxy. "
            "Requests under unknown names are refused."
        ),
    ] = None,
    account: Account = ECOMMERCE,
) -> None:
    """Open the page on which two policy mixes are built and compared.

    Quick previews while you move sliders, a full run on request. Stop it with Ctrl-C.
    """
    known_name(account, ACCOUNTS, where="--account", kind="account")
    if importlib.util.find_spec("streamlit") is None or importlib.util.find_spec("jinja2") is None:
        raise InputError(
            "the dashboard needs streamlit, which is not installed",
            todo="pip install 'mekong-digital-economy[dashboard]'",
        )
    if importlib.util.find_spec("streamlit.starlette") is None:
        raise InputError(
            "the dashboard needs streamlit 1.57 or later",
            todo="pip install -U 'mekong-digital-economy[dashboard]'",
        )
    for name in (address, *(host or ())):
        if not name or any(sign.isspace() or sign in "/@" for sign in name):
            raise InputError(
                f"'{name[:60]}' is neither an address nor the name of a host",
                where="--address or --host",
                allowed="a name or an address without port, such as 127.0.0.1 or maps.example.org",
            )
    if address not in (LOOPBACK, "localhost", "::1"):
        typer.echo(
            f"The page listens on {address}: anybody who reaches it can use this machine's time. "
            "It asks for no password.",
            err=True,
        )
    typer.echo(f"http://{address}:{port}", err=True)
    words = command(address, port, browser)
    hosts = " ".join([address, *(host or ())])
    environment = {**os.environ, HOSTS: hosts, ACCOUNT: account}
    if os.name == "posix":  # becomes the server, so that who stops this stops the server
        os.execve(words[0], words, environment)
    raise typer.Exit(subprocess.run(words, check=False, env=environment).returncode)

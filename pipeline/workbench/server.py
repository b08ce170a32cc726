"""Opening the workbench: a port on this machine, a token, an address to print."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable

import uvicorn

from pipeline.errors import PipelineError
from pipeline.workbench.app import create_app
from pipeline.workbench.bench import Bench

HOST = "127.0.0.1"
DEFAULT_PORT = 8642


def listening(port: int | None) -> socket.socket:
    """A socket that takes connections at once; the usual port or, where it is taken, any free one."""
    opened = socket.socket()
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((HOST, DEFAULT_PORT if port is None else port))
    except OSError as error:
        if port is not None:
            raise PipelineError(f"Port {port} cannot be used: {error.strerror}.", "Give another --port, or none.") from None
        opened.bind((HOST, 0))
    opened.listen()
    return opened


def serve(bench: Bench, port: int | None, ready: Callable[[str], None]) -> None:
    """Serve until interrupted; `ready` gets the address once connections are taken."""
    opened = listening(port)
    taken = opened.getsockname()[1]
    token = secrets.token_urlsafe(24)
    app = create_app(bench, token, taken)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", server_header=False, timeout_graceful_shutdown=1))
    ready(f"http://{HOST}:{taken}/?token={token}")
    server.run(sockets=[opened])

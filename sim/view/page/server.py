"""Serving the page on this machine only, to whoever has its address, without asking anything of any other one."""

from __future__ import annotations

import os
import socket
import warnings

from sim.view.page import desk
from sim.view.page.guard import HOST, Guard
from sim.view.page.setup import Opening


def serve(opening: Opening, port: int) -> None:
    """Serve the page until somebody ends the process.

    Parameters
    ----------
    opening : Opening
        What each new tab shows first.
    port : int
        0 takes any that is free.

    Raises
    ------
    OSError
        If the port is taken.
    """
    os.environ["SOLARA_APP"] = "sim.view.page.app"
    desk.opening = opening
    # With the protocol named, asyncio sends small answers at once; else each frame would wait some 40 ms (Nagle).
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((HOST, port))
        _run(bound)


def _run(bound: socket.socket) -> None:
    import uvicorn
    from solara.server import settings

    settings.main.mode = "production"
    from solara.server.starlette import app

    guard = Guard(app, bound.getsockname()[1])

    class Server(uvicorn.Server):
        """Says where the page is once it is there."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                print(f"watch at {guard.address}  (Ctrl-C ends it)", flush=True)

    warnings.filterwarnings("ignore", message="Cookies with samesite")  # the page stands in no other page's frame
    Server(uvicorn.Config(guard, log_level="error")).run(sockets=[bound])

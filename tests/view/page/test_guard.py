"""The page obeys its own address and nobody else: each attack is refused, and learns nothing."""

import asyncio
import http.client
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from sim.view.page.desk import NO_POLICY, Desk, Opening
from sim.view.page.guard import READY, REFUSED, Guard
from sim.view.page.setup import Setup

ROOT = Path(__file__).parents[3]
SERVE = "from sim.view.page.desk import Opening; from sim.view.page.server import serve; serve(Opening(), 0)"
KERNEL = "/jupyter/api/kernels/attack/channels?session_id=attack"
PATHS = ("/", "/resourcez", "/static/main-vuetify.js", "/nowhere", KERNEL, "/_solara/api/close/attack?session_id=a")
SECRET = "password: hunter2\n  : ["
PATIENCE = 180.0  # seconds for whatever must happen: the machine may be slow and busy


class Served:
    """The real server, as `sitesec watch` starts it, and what is asked of it."""

    def __init__(self, address):
        self.address = address
        found = urlsplit(address)
        self.host, self.port, self.token = found.netloc, found.port, found.query.removeprefix("token=")
        self.cookie = f"sitesec-{self.port}={self.token}"

    def get(self, path, method="GET", **headers):
        """An answer's status, headers and text; `Host` may be any, or None for no such line."""
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        asked.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": self.host, **headers}.items():
            if value is not None:
                asked.putheader(name, value)
        asked.endheaders()
        answer = asked.getresponse()
        found = answer.status, answer.headers, answer.read().decode()
        asked.close()
        return found

    def open(self, path=KERNEL, host=None, origin=None, cookie=None):
        """A WebSocket; InvalidStatus where it is refused."""
        headers = {} if cookie is None else {"Cookie": cookie}
        to = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        return connect(
            f"ws://{host or self.host}{path}", sock=to, origin=origin, additional_headers=headers, open_timeout=PATIENCE
        )


@pytest.fixture(scope="module")
def served():
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", SERVE]
    with subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        found = re.fullmatch(r"watch at (http://127\.0\.0\.1:\d+/\?token=[0-9a-f]{48})  \(Ctrl-C ends it\)\n", line)
        try:
            assert found, line
            yield Served(found[1])
        finally:
            process.terminate()


def other_names(served):
    """Addresses that lead to this server and are not its own."""
    yield from ("evil.example", f"evil.example:{served.port}", "127.0.0.1", "localhost", "", f"[::1]:{served.port}")
    yield from (f"127.0.0.1:{served.port + 1}", f"{served.host}.evil.example", f"evil.example@{served.host}")
    yield from (f"0.0.0.0:{served.port}", f"127.1:{served.port}", f"2130706433:{served.port}", f"{served.host}:80")


def foreign(served):
    """Pages that are not this one."""
    yield from ("http://evil.example", f"http://evil.example:{served.port}", "null", "", "file://", served.host)
    yield from (f"https://{served.host}", f"http://{served.host}/", f"http://{served.host}.evil.example")
    yield from ("http://127.0.0.1", f"http://127.0.0.1:{served.port + 1}", f"http://localhost:{served.port}")


def wrong(served):
    """Tokens that are near the right one, or anything."""
    token = served.token
    yield from ("", "x", token[:-1], token + "0", token.upper() + "G", f"{token}é", "y" * 4000)


# The right address.


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_the_printed_address_shows_the_page_and_leaves_a_cookie_that_no_script_and_no_other_site_has(served, name):
    status, headers, text = served.get(f"/?token={served.token}", Host=f"{name}:{served.port}")
    assert status == 200 and "<title>sitesec</title>" in text
    kept = [value for value in headers.get_all("set-cookie") if value.startswith("sitesec-")]
    assert kept == [f"{served.cookie}; Path=/; HttpOnly; SameSite=Strict"]


def test_the_cookie_opens_the_rest_and_the_token_is_not_given_out_again(served):
    for path in ("/", "/resourcez"):
        status, headers, text = served.get(path, Cookie=f"other=1; {served.cookie}", Origin=f"http://{served.host}")
        assert status == 200 and served.token not in text
        assert served.token not in str(headers)


@pytest.mark.parametrize("way", ["cookie", "address"])
def test_the_page_s_own_connection_is_accepted(served, way):
    path = KERNEL if way == "cookie" else f"{KERNEL}&token={served.token}"
    with served.open(
        path, origin=f"http://{served.host}", cookie=served.cookie if way == "cookie" else None
    ) as channel:
        assert channel.protocol.state.name == "OPEN"


def test_whether_the_server_is_ready_may_be_asked_without_the_token_and_says_nothing_else(served):
    status, headers, text = served.get(READY)
    assert (status, json.loads(text), served.token in str(headers)) == (200, {"status": "ok"}, False)
    assert served.get(READY, Host="evil.example")[0] == 403
    assert served.get(READY, Origin="http://evil.example")[0] == 403


def test_it_listens_on_this_machine_only(served):
    own = {address[4][0] for address in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in own - {"127.0.0.1"}:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((address, served.port), 5.0).close()


# Attacks.


def refused(answer):
    status, headers, text = answer
    return (status, text, headers.get_all("set-cookie")) == (403, REFUSED, None)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_name_of_this_machine_is_refused_though_it_has_the_token(served, path, method):
    for host in other_names(served):
        assert refused(served.get(path, method, Host=host, Cookie=served.cookie)), host


def test_a_request_without_a_name_is_refused(served):
    asked = b"GET /?token=" + served.token.encode() + b" HTTP/1.0\r\n\r\n"
    with socket.create_connection(("127.0.0.1", served.port), PATIENCE) as channel:
        channel.sendall(asked)
        answer = b"".join(iter(lambda: channel.recv(4096), b""))
    assert b" 403 " in answer and REFUSED.encode() in answer


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_page_is_refused_though_it_has_the_token(served, path, method):
    for origin in foreign(served):
        assert refused(served.get(path, method, Origin=origin, Cookie=served.cookie)), origin


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PUT", "OPTIONS"])
def test_nobody_is_answered_without_the_token(served, path, method):
    status, headers, text = served.get(path, method)
    assert status == 403 and headers.get_all("set-cookie") is None
    assert text == ("" if method == "HEAD" else REFUSED)


def test_a_wrong_token_is_refused_wherever_it_stands(served):
    for token in wrong(served):
        assert refused(served.get(f"/?token={quote(token)}"))
        assert refused(served.get("/", Cookie=f"sitesec-{served.port}={token}".encode()))
    for cookie in (f"sitesec-{served.port + 1}={served.token}", f"token={served.token}", served.token):
        assert refused(served.get("/", Cookie=cookie))
    assert refused(served.get("/?token=%C3%A9%FF%00"))
    assert refused(served.get("/", Authorization=f"token {served.token}", Referer=served.address))


def test_a_connection_from_another_page_or_under_another_name_is_refused_though_it_has_the_token(served):
    for origin in foreign(served):
        with pytest.raises(InvalidStatus, match="403"):
            served.open(origin=origin, cookie=served.cookie)
    for host in ("evil.example", f"evil.example:{served.port}", "localhost", f"0.0.0.0:{served.port}"):
        with pytest.raises(InvalidStatus, match="403"):
            served.open(host=host, origin=f"http://{host}", cookie=served.cookie)


def test_a_connection_without_the_token_is_refused(served):
    own = f"http://{served.host}"
    for cookie in (None, f"sitesec-{served.port}=", f"sitesec-{served.port}={served.token[:-1]}"):
        for path in (KERNEL, READY, f"{KERNEL}&token=x"):
            with pytest.raises(InvalidStatus, match="403"):
                served.open(path, origin=own, cookie=cookie)


def test_two_servers_have_two_tokens_and_two_cookies():
    first, second = Guard(None, 1000), Guard(None, 1001)
    assert first.address.split("token=")[1] != second.address.split("token=")[1]


def test_two_names_or_two_pages_in_one_request_are_refused():
    async def app(*_):
        pytest.fail("the page was asked")

    async def send(message):
        sent.append(message)

    guard = Guard(app, 80)
    query, own = guard.address.split("?")[1].encode(), (b"host", b"127.0.0.1")
    for headers in ([own, (b"host", b"evil.example")], [own, (b"origin", b"http://127.0.0.1"), (b"origin", b"null")]):
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": query, "headers": headers}
        sent = []
        asyncio.run(guard(scope, None, send))
        assert [message.get("status") for message in sent] == [403, None]


# Policies.


@pytest.fixture
def secret(tmp_path):
    (tmp_path / "secret.yaml").write_text(SECRET)
    return tmp_path / "secret.yaml"


@pytest.fixture
def desk():
    made = Desk(Opening((Setup("baseline", {"run.horizon": 0.1, "run.warmup": 0.1}),)))
    yield made
    made.close()


def attacks(secret):
    """What a page may send in place of a policy's name."""
    yield from (str(secret), str(secret.with_name("nowhere.yaml")), os.path.relpath(secret), str(secret.parent))
    yield from (f"{ROOT}/scenarios/baseline.yaml", "scenarios/baseline.yaml", "baseline.yaml", "../scenarios/baseline")
    yield from ("/etc/passwd", "/dev/zero", "//etc/passwd", "file:///etc/passwd", "~/.ssh/id_rsa", "baseline\0", "")
    yield from (
        f"baseline/../{secret}",
        "../" * 20 + str(secret)[1:],
        "priors",
        "worlds/corridor",
        "BASELINE",
        " baseline",
    )
    yield from (None, 0, True, ["baseline"], {"baseline": 1}, b"baseline")


@pytest.mark.parametrize("side", [0, 1])
def test_a_policy_that_nobody_named_is_refused_in_a_sentence_that_is_the_same_for_every_path(desk, secret, side):
    drafts = desk.drafts.value
    for source in attacks(secret):
        desk.message.value = ""
        desk.pick(side, source)
        assert desk.message.value == NO_POLICY and desk.drafts.value == drafts, source


def test_no_file_is_looked_at_for_a_policy_that_nobody_named(desk, secret, monkeypatch):
    names = list(attacks(secret))
    with monkeypatch.context() as patch:
        for name in ("isfile", "exists", "realpath"):
            patch.setattr(os.path, name, lambda *_: pytest.fail("a file was looked at"))
        patch.setattr("sim.view.page.desk.Setup", lambda *_: pytest.fail("a file was looked at"))
        for source in names:
            desk.pick(0, source)
            assert desk.message.value == NO_POLICY


def test_a_file_that_was_named_on_the_command_line_can_be_picked(tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text("extends: baseline\nrun: {horizon: 0.1, warmup: 0.1}\n")
    desk = Desk(Opening((Setup(str(mine)),)))
    desk.pick(0, "baseline")
    assert desk.message.value == "" and desk.drafts.value == [Setup("baseline")]
    desk.pick(0, str(mine))
    assert desk.message.value == "" and desk.drafts.value == [Setup(str(mine))]
    desk.close()


@pytest.mark.parametrize("path", ["world", "extends", "run.warmup_policy", "nowhere", "", ["world"], 1])
def test_no_lever_is_changed_that_the_page_does_not_offer(desk, path):
    before = desk.drafts.value
    desk.set_lever(0, path, "x")
    assert desk.drafts.value == before and "allowed only" in desk.message.value

"""Requests that two servers could read differently are refused, whichever parser reads them."""

import socket
import subprocess
import sys

import pytest

ECHO = '''
def app(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
'''
HEAD = b"POST / HTTP/1.1\r\nHost: thi\r\n"
# What must never be read as a request of its own.
SECOND = b"GET /hai HTTP/1.1\r\nHost: thi\r\nConnection: close\r\n\r\n"
HOSTILE = {
    "length and chunks": HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "two lengths": HEAD + b"Content-Length: 0\r\nContent-Length: 4\r\n\r\n" + SECOND,
    "a length with a sign": HEAD + b"Content-Length: +3\r\n\r\nabc" + SECOND,
    "a length that Python alone reads": HEAD + b"Content-Length: 3_0\r\n\r\nabc" + SECOND,
    "an unknown coding": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SECOND,
    "a space before the colon": HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "a folded header": HEAD + b"X: 1\r\n Content-Length: 3\r\n\r\n" + SECOND,
    "lines without CR": b"GET / HTTP/1.1\nHost: thi\n\n" + SECOND,
    "a CR amid a value": HEAD + b"X: a\rContent-Length: 3\r\n\r\n" + SECOND,
    "a NUL": HEAD + b"X: a\x00b\r\n\r\n" + SECOND,
    "a bad chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n" + SECOND,
    "chunks of HTTP/1.0": b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "a method with a sign": b"G@T / HTTP/1.1\r\nHost: thi\r\n\r\n" + SECOND,
    "a long address": b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: thi\r\n\r\n",
    "many headers": HEAD + b"".join(b"X%d: 1\r\n" % number for number in range(200)) + b"\r\n",
    "a large header": HEAD + b"X: " + b"a" * 20_000 + b"\r\n\r\n",
}


@pytest.fixture(scope="module", params=["auto", "python"])
def server(request, tmp_path_factory):
    """The address of gunicorn as `contest serve` starts it, with an application that gives back what it was sent."""
    folder = tmp_path_factory.mktemp("echo")
    (folder / "echo.py").write_text(ECHO)
    with socket.create_server(("127.0.0.1", 0)) as listening:  # who comes before gunicorn waits in it
        child = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--http-parser", request.param, "--bind", f"fd://{listening.fileno()}",
             "--worker-class", "gthread", "--threads", "4", "--no-control-socket", "--log-level", "critical",
             "--chdir", str(folder), "echo:app"], pass_fds=[listening.fileno()])
        try:
            yield listening.getsockname()
        finally:
            child.terminate()
            child.wait(30)


def said(address, request):
    with socket.create_connection(address, 30) as line:
        line.sendall(request)
        line.shutdown(socket.SHUT_WR)
        found = b""
        try:
            while part := line.recv(65_536):
                found += part
        except ConnectionResetError:  # it closed on what it had not read
            pass
    return found


def test_an_honest_request_is_answered(server):
    plain = HEAD + b"Content-Length: 3\r\n\r\nabc"
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    for request in (plain, chunked):
        answer = said(server, request + SECOND)
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"\r\n\r\nabcHTTP/1.1 200 OK" in answer  # and then the second one
    assert answer.count(b"HTTP/1.1") == 2


@pytest.mark.parametrize("name", HOSTILE)
def test_what_can_be_read_in_two_ways_is_refused(server, name):
    answer = said(server, HOSTILE[name])
    assert answer.split(b" ")[1][:1] in (b"4", b"5"), answer[:80]
    assert answer.count(b"HTTP/1.1 ") == 1

#!/usr/bin/env python3
"""Stands in front of a fake AWS and spoils single actions.

    failing_aws.py http://127.0.0.1:PORT [--certificate FILE] [--until-stdin-closes]

Prints one line, `ready http://127.0.0.1:PORT`. What is spoiled stands in the path of the endpoint, so that one process serves any
number of runs at once and holds nothing between them:

    AWS_ENDPOINT_URL=http://127.0.0.1:PORT/rds:DescribeDBProxies=refuse,iam:GetRole=throttle

An action is SERVICE:OPERATION as in the table below, SERVICE:* or *; the first that fits counts. `name=X` names a run. Modes:

    allow     passed on (to except something from a later `*`)
    refuse    the service's own AccessDenied        expire    the session's token has expired
    throttle  the service's own Throttling          absent    the operation is not known in this region
    fault     the service's own InternalFailure     garbage   200 with a text that is no answer
    truncate  the true answer, and the connection ends in its middle
    drop      the connection ends without an answer
    hang      no answer until the client leaves     slow      the true answer, a second late
    endless   200, and a body that never ends       repeat    the true answer, with a page token that is always the same

With `--certificate FILE` it answers over TLS, with a certificate of its own that it writes there: `ready https://localhost:PORT`.

GET /-/calls/PATH answers the calls that came by that path, as JSON: action to number.
"""

import argparse
import collections
import datetime
import http.client
import json
import os
import re
import ssl
import struct
import sys
import tempfile
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# The services of Query APIs, by the version that each request states.
QUERY = {
    "2016-11-15": "ec2",
    "2014-10-31": "rds",
    "2010-05-08": "iam",
    "2011-06-15": "sts",
    "2010-08-01": "cloudwatch",
}
# The services of JSON APIs, by the first part of X-Amz-Target.
JSON = {"TrentService": "kms", "secretsmanager": "secretsmanager"}
# Method and path of what is plain HTTP.
REST = [("GET", r"/2015-03-31/functions/?$", "lambda:ListFunctions")]
CBOR = re.compile(r"/service/GraniteServiceVersion20100801/operation/(\w+)$")

ERRORS = {
    "refuse": (403, {"ec2": "UnauthorizedOperation", "json": "AccessDeniedException", "xml": "AccessDenied"}),
    "expire": (403, {"ec2": "RequestExpired", "json": "ExpiredTokenException", "xml": "ExpiredToken"}),
    "throttle": (400, {"ec2": "RequestLimitExceeded", "json": "ThrottlingException", "xml": "Throttling"}),
    "absent": (400, {"ec2": "InvalidAction", "json": "UnknownOperationException", "xml": "InvalidAction"}),
    "fault": (500, {"ec2": "InternalError", "json": "InternalFailure", "xml": "InternalFailure"}),
}
MESSAGE = "spoiled by the test"

calls = collections.defaultdict(collections.Counter)
lock = threading.Lock()


def action_of(method, path, headers, body):
    """(action, dialect) of a request."""
    target = headers.get("X-Amz-Target", "")
    if "." in target:
        service, operation = target.split(".", 1)
        return f"{JSON.get(service, service)}:{operation}", "json"
    if found := CBOR.search(path):
        return f"cloudwatch:{found.group(1)}", "cbor"
    for wanted, pattern, action in REST:
        if method == wanted and re.search(pattern, path):
            return action, "rest"
    form = urllib.parse.parse_qs(body.decode("utf-8", "replace"))
    service = QUERY.get(form.get("Version", [""])[0], "unknown")
    return f"{service}:{form.get('Action', [path])[0]}", "ec2" if service == "ec2" else "xml"


def modes_of(prefix):
    pairs = (pair.split("=", 1) for pair in prefix.split(",") if "=" in pair)
    return [(action, mode) for action, mode in pairs if action != "name"]


def mode_of(action, modes):
    service = action.split(":")[0]
    for wanted, mode in modes:
        if wanted in (action, f"{service}:*", "*"):
            return mode
    return "allow"


def error(mode, dialect):
    """(status, headers, body) as the service would say it."""
    status, codes = ERRORS[mode]
    code = codes.get({"rest": "json", "cbor": "json"}.get(dialect, dialect))
    if dialect == "ec2":
        body = f"<Response><Errors><Error><Code>{code}</Code><Message>{MESSAGE}</Message></Error></Errors></Response>"
        return status, {"Content-Type": "text/xml"}, body.encode()
    if dialect == "xml":
        body = f"<ErrorResponse><Error><Code>{code}</Code><Message>{MESSAGE}</Message></Error></ErrorResponse>"
        return status, {"Content-Type": "text/xml"}, body.encode()
    if dialect == "cbor":
        texts = (text for pair in (("__type", code), ("message", MESSAGE)) for text in pair)
        body = b"\xa2" + b"".join(b"\x7a" + struct.pack(">I", len(text)) + text.encode() for text in texts)
        return status, {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}, body
    headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": code}
    return status, headers, json.dumps({"__type": code, "message": MESSAGE}).encode()


def with_token(action, dialect, body):
    """The answer, with a page token that never changes."""
    text = body.decode("utf-8", "replace")
    if dialect in ("json", "rest"):
        answer = json.loads(text)
        answer.update({"kms": {"NextMarker": "again", "Truncated": True}, "lambda": {"NextMarker": "again"}}.get(
            action.split(":")[0], {"NextToken": "again"}))
        return json.dumps(answer).encode()
    token = {
        "ec2": "<nextToken>again</nextToken>",
        "iam": "<IsTruncated>true</IsTruncated><Marker>again</Marker>",
    }.get(action.split(":")[0], "<Marker>again</Marker>")
    text = re.sub(r"<IsTruncated>\w+</IsTruncated>|<nextToken\s*/>", "", text)
    end = text.rfind(f"</{action.split(':')[1]}R" + ("esponse>" if dialect == "ec2" else "esult>"))
    return (text[:end] + token + text[end:]).encode()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    # A reader opens ten connections at once, and several readers may come: five waiting ones, as is usual, are too few.
    request_queue_size = 128


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream = ""

    def log_message(self, *_):
        pass

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def do(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        _, prefix, *rest = self.path.split("/", 2)
        prefix, path = urllib.parse.unquote(prefix), "/" + "".join(rest)
        if prefix == "-":
            counted = calls[urllib.parse.unquote(path.removeprefix("/calls/"))]
            return self.send(200, {}, json.dumps(counted).encode())
        action, dialect = action_of(self.command, path.split("?")[0], self.headers, body)
        with lock:
            calls[prefix][action] += 1
        self.spoil(mode_of(action, modes_of(prefix)), action, dialect, path, body)

    do_GET = do_POST = do_PUT = do_DELETE = do

    def spoil(self, mode, action, dialect, path, body):
        if mode in ERRORS:
            return self.send(*error(mode, dialect))
        if mode == "garbage":
            return self.send(200, {"Content-Type": "text/html"}, b"<html>Please sign in to the network</html")
        if mode == "drop":
            self.close_connection = True
            return None
        if mode == "hang":
            # The client leaves: its side of the connection ends.
            self.close_connection = True
            return self.rfile.read(1) and None
        if mode == "endless":
            return self.endless()
        if mode == "slow":
            time.sleep(1)
        status, headers, answer = self.true_answer(path, body)
        if mode == "repeat" and status == 200:
            answer = with_token(action, dialect, answer)
        if mode == "truncate":
            self.close_connection = True
            return self.send(status, headers, answer[: len(answer) // 2], length=len(answer))
        return self.send(status, headers, answer)

    def endless(self):
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.end_headers()
        while True:
            self.wfile.write(b" " * 65536)

    def true_answer(self, path, body):
        connection = http.client.HTTPConnection(self.upstream)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "content-length")}
        connection.request(self.command, path, body=body or None, headers=headers)
        answer = connection.getresponse()
        kept = {name: value for name, value in answer.getheaders() if name.lower() in
                ("content-type", "smithy-protocol", "x-amzn-errortype", "x-amzn-requestid")}
        text = answer.read()
        connection.close()
        return answer.status, kept, text

    def send(self, status, headers, body, length=None):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)


def end_with_stdin():
    sys.stdin.buffer.read()
    os._exit(0)


def certified(file):
    """TLS with a new certificate for localhost, which is written to the file and which nobody trusts but who is given it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    with open(file, "wb") as out:
        out.write(certificate)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with tempfile.NamedTemporaryFile() as both:
        both.write(certificate + secret)
        both.flush()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(both.name)
    return context


def serve(handler, until_stdin_closes, certificate=None):
    """Answers on a free port, which is printed, until the process ends."""
    server = Server(("127.0.0.1", 0), handler)
    scheme, host = "http", "127.0.0.1"
    if certificate:
        scheme, host = "https", "localhost"
        # The handshake belongs to the thread of its connection: a client that breaks it off stops nobody else.
        server.socket = certified(certificate).wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    if until_stdin_closes:
        threading.Thread(target=end_with_stdin, daemon=True).start()
    print(f"ready {scheme}://{host}:{server.server_port}", flush=True)
    server.serve_forever()


def main():
    parser = argparse.ArgumentParser(description="Spoils single actions of a fake AWS.")
    parser.add_argument("upstream")
    parser.add_argument("--certificate", metavar="FILE", help="answer over TLS, and write the certificate there")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when whoever started it ends")
    arguments = parser.parse_args()
    Handler.upstream = urllib.parse.urlsplit(arguments.upstream).netloc
    serve(Handler, arguments.until_stdin_closes, arguments.certificate)


if __name__ == "__main__":
    main()

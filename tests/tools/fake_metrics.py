"""GetMetricData as the current SDKs ask for it: Smithy RPC v2 with CBOR, which moto 5.2.5 does not speak."""

import datetime
import io
import re
import struct

from botocore.parsers import RpcV2CBORParser
from moto.cloudwatch.models import cloudwatch_backends

PATH = "/service/GraniteServiceVersion20100801/operation/GetMetricData"
ACCOUNT = "123456789012"


def decoded(body):
    parser = RpcV2CBORParser()
    return parser.parse_data_item(parser.get_peekable_stream_from_bytes(body))


def encoded(value):
    """The few types of CBOR that an answer needs."""
    if isinstance(value, datetime.datetime):
        return b"\xc1" + encoded(value.replace(tzinfo=datetime.timezone.utc).timestamp())
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, str):
        text = value.encode()
        return head(3, len(text)) + text
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(encoded, value))
    members = (encoded(key) + encoded(member) for key, member in value.items())
    return head(5, len(value)) + b"".join(members)


def head(major, length):
    return bytes([major << 5 | 26]) + struct.pack(">I", length)


def answer(environment):
    """What the backend of the request's region knows."""
    body = environment["wsgi.input"].read(int(environment.get("CONTENT_LENGTH") or 0))
    asked = decoded(body)
    region = re.search(r"Credential=[^/]+/\d+/([^/]+)/", environment["HTTP_AUTHORIZATION"]).group(1)
    # moto keeps its times without a zone.
    start, end = (asked[name].replace(tzinfo=None) for name in ("StartTime", "EndTime"))
    results = cloudwatch_backends[ACCOUNT][region].get_metric_data(
        asked["MetricDataQueries"], start_time=start, end_time=end
    )
    shown = [
        {
            "Id": result["id"],
            "Values": [float(value) for value in result["values"]],
            "Timestamps": list(result["timestamps"]),
            "StatusCode": "Complete",
        }
        for result in results
    ]
    return encoded({"MetricDataResults": shown})


def speaking_cbor(application):
    """The application, with this one operation in front of it."""

    def wrapper(environment, start_response):
        if environment["PATH_INFO"] != PATH:
            return application(environment, start_response)
        headers = [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")]
        body = answer(environment)
        start_response("200 OK", headers)
        return io.BytesIO(body)

    return wrapper

"""Cloud Storage: getting an object. Faults (`download`): `damaged`."""

from __future__ import annotations

import base64
import hashlib
import re
from urllib.parse import unquote

from tests.google import accounts
from tests.google.wire import Fault, Query, Refusal, Reply, Route, always
from tests.google.world import Call, World


def routes(world: World) -> list[Route]:
    """`GET /storage/v1/b/BUCKET/o/OBJECT?alt=media`."""

    def answer(query: Query, fault: Fault | None) -> Reply:
        accounts.authorize(world, query.headers)
        uri = f"gs://{query.found['bucket']}/{unquote(query.found['object'])}"
        world.record(Call("download", hint=uri))
        content = world.objects.get(uri)
        if content is None:
            raise Refusal(404, f"No such object: {uri.removeprefix('gs://')}")
        digest = base64.b64encode(hashlib.md5(content).digest()).decode()
        if fault and fault.name == "damaged":
            content = content[:-1] + b"?"
        return Reply(content, kind="video/mp4", headers={"x-goog-hash": f"md5={digest}"})

    pattern = re.compile(r"/storage/v1/b/(?P<bucket>[^/]+)/o/(?P<object>[^/?]+)\?alt=media")
    return [Route("GET", pattern, always("download"), answer)]

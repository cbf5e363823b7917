"""What can be said on the command line.

Never here: what is done about it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from penstock import __version__

_SANDBOX_PORT = 8001
_SCHEMA = "a file, the URL of a gateway, or `live` for the store in the settings"


class Arguments(argparse.Namespace):
    """The parsed command line; what a command does not know keeps its default."""

    command: str = ""
    schema_command: str = ""
    flows_command: str = ""
    fields_command: str = ""
    documents_command: str = ""
    client: str = ""
    field: str = ""
    first: int = 50
    host: str | None = None
    port: int | None = None
    workers: int | None = None
    sandbox_port: int = _SANDBOX_PORT
    data: Path | None = None
    open: bool | None = None
    url: str | None = None
    old: str = ""
    new: str = ""
    version: str = ""
    fail_on: str | None = None
    format: str = "text"
    file: str = ""
    allow_destroy: bool = False
    definitions: str = ""
    check: bool = False


def parse_arguments(argv: Sequence[str] | None) -> Arguments:
    """Parse a command line; a wrong one prints its usage and exits with 2."""
    parser = argparse.ArgumentParser(
        prog="penstock",
        description="A typed GraphQL gateway over the Moltin / Elastic Path commerce API. "
        "Settings come from PENSTOCK_… variables; an option wins over its variable.",
    )
    parser.add_argument("--version", action="version", version=f"penstock {__version__}", help="print the version")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="run the gateway in front of a store")
    _add_address(serve)
    serve.add_argument("--workers", type=_positive, help="processes that share the port")
    serve.add_argument("--definitions", metavar="FILE", help="serve on the definitions of this file, without polling")

    _add_dev(commands.add_parser("dev", help="run a sandbox store and the gateway in front of it"))

    sandbox = commands.add_parser("sandbox", help="run a sandbox of the store's REST API")
    _add_address(sandbox)
    _add_data(sandbox)

    schema = commands.add_parser("schema", help="look at the GraphQL schema")
    _add_schema_verbs(schema.add_subparsers(dest="schema_command", required=True, metavar="VERB"))

    flows = commands.add_parser("flows", help="declare a store's flows and fields in a file")
    _add_flows_verbs(flows.add_subparsers(dest="flows_command", required=True, metavar="VERB"))

    fields = commands.add_parser("fields", help="look at the custom fields of a gateway")
    _add_fields_verbs(fields.add_subparsers(dest="fields_command", required=True, metavar="VERB"))

    documents = commands.add_parser("documents", help="share manifests of trusted documents among replicas")
    _add_documents_verbs(documents.add_subparsers(dest="documents_command", required=True, metavar="VERB"))

    _add_format(commands.add_parser("doctor", help="look for what may keep the gateway from serving"))
    commands.add_parser("version", help="print the version")
    return parser.parse_args(argv, namespace=Arguments())


def _add_dev(dev: argparse.ArgumentParser) -> None:
    _add_address(dev)
    dev.add_argument("--sandbox-port", type=_port, default=_SANDBOX_PORT, help="port of the sandbox (%(default)s)")
    _add_data(dev)
    dev.add_argument(
        "--open", action=argparse.BooleanOptionalAction, help="open the explorer in a browser (where a terminal is)"
    )


def _add_schema_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    print_ = verbs.add_parser("print", help="print the schema as text")
    print_.add_argument("--url", help="take it from the gateway at this URL instead of building it from the store")

    diff = verbs.add_parser("diff", help="print what changed between two schemas")
    diff.add_argument("old", metavar="OLD", help=_SCHEMA)
    diff.add_argument("new", metavar="NEW", help="the same")
    diff.add_argument(
        "--fail-on", choices=("breaking", "dangerous"), help="exit with 1 on such a change, or a worse one"
    )
    _add_format(diff)

    check = verbs.add_parser("check", help="print which known operations a schema would break")
    check.add_argument("new", metavar="NEW", nargs="?", default="live", help=f"{_SCHEMA} (%(default)s)")
    release = verbs.add_parser("release", help="let the schema that waits in a gateway serve")
    release.add_argument(
        "version", metavar="VERSION", nargs="?", default="", help="only this one; else whichever waits"
    )
    log = verbs.add_parser("log", help="print what changed in a gateway's schema")
    log.add_argument("--first", type=_count, default=50, help="how many changes at the most (%(default)s)")
    status = verbs.add_parser("status", help="print what a gateway serves, and what waits")
    for verb in (check, release, log, status):
        _add_gateway(verb)
    for verb in (check, log, status):
        _add_format(verb)
    lock = verbs.add_parser("lock", help="pin the names of what the store has in a file")
    lock.add_argument("file", metavar="FILE", nargs="?", default="", help="which; else PENSTOCK_SCHEMA_LOCK")
    lock.add_argument("--check", action="store_true", help="write nothing; exit with 1 where the file is stale")
    pull = verbs.add_parser("pull", help="write the store's definitions, to serve on them")
    pull.add_argument("file", metavar="FILE", nargs="?", default="-", help="where to; else standard output")


def _add_fields_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    usage = verbs.add_parser("usage", help="print who uses which custom field")
    usage.add_argument("field", metavar="FIELD", nargs="?", default="", help="only this: Type.field, a slug or an id")
    _add_gateway(usage)
    _add_format(usage)


def _add_documents_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    publish = verbs.add_parser("publish", help="let every replica trust the documents of a manifest")
    publish.add_argument("file", metavar="FILE", help="a manifest of GraphQL Code Generator, Relay or Apollo")
    remove = verbs.add_parser("remove", help="trust the documents of a client no more")
    for verb in (publish, remove):
        verb.add_argument("--client", required=True, help="whose documents these are")
    _add_format(verbs.add_parser("list", help="print what is published"))


def _add_gateway(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--url", help="the gateway; else that of PENSTOCK_HOST and PENSTOCK_PORT")


def _add_flows_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    plan = verbs.add_parser("plan", help="print what would bring the store to what a file declares")
    apply = verbs.add_parser("apply", help="bring the store to what a file declares")
    for verb in (plan, apply):
        verb.add_argument("file", metavar="FILE", help="a YAML file; - for standard input")
        verb.add_argument("--allow-destroy", action="store_true", help="delete what the file does not declare, too")
    plan.add_argument("--check", action="store_true", help="exit with 1 where the store is not as declared")
    _add_format(plan)
    export = verbs.add_parser("export", help="write the file that declares the store as it is")
    export.add_argument("file", metavar="FILE", nargs="?", default="-", help="where to; else standard output")


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print it (%(default)s)")


def _add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on")
    parser.add_argument("--port", type=_port, help="port to listen on; 0 lets the system choose")


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of the sandbox's database; else in memory")


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give a number from 0 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of changes; give one from 0 to 1000")
    return int(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of workers; give one from 1 to 256")
    return int(text)

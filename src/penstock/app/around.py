"""What is put round the parts where an operator asks for it: the calls of an answer, traces; else nothing at all.

Never here: an `if` about business, what a call or a span tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from penstock.app.life import Work
from penstock.app.telling import Telling
from penstock.app.traces import Traces, make_traces
from penstock.http.asgi import App
from penstock.http.endpoint import EndpointParts, GraphQLEndpoint
from penstock.http.streams import Runs
from penstock.operations.calls import CallNotes, ShowingCalls
from penstock.settings import Settings
from penstock.upstream.observe import ObservedTransport
from penstock.upstream.transport import Transport


@dataclass(frozen=True, slots=True)
class Around:
    """Goes round the way to the store, the runner and the endpoint.

    Attributes:
        notes: Notes the calls of each operation, or None.
        traces: Records traces, or None.
    """

    notes: CallNotes | None = None
    traces: Traces | None = None

    @property
    def beside(self) -> tuple[Work, ...]:
        """What runs beside the requests."""
        return () if self.traces is None else (self.traces.run,)

    def transport(self, transport: Transport) -> Transport:
        """The way to the store."""
        if self.notes is not None:
            transport = ObservedTransport(transport, self.notes.note)
        return transport if self.traces is None else self.traces.over(transport)

    def runs(self, runs: Runs) -> Runs:
        """What runs operations."""
        return runs if self.notes is None else ShowingCalls(runs, self.notes)

    def endpoint(self, parts: EndpointParts) -> App:
        """What answers at the GraphQL path; a request outside a trace passes nothing that belongs to traces."""
        plain = GraphQLEndpoint(parts)
        if self.traces is None:
            return plain
        requests = self.traces.requests
        traced = replace(parts, tell=requests.tell(parts.tell), runner=requests.runs(parts.runner))
        return requests.endpoint(GraphQLEndpoint(traced), plain)


def make_around(settings: Settings, environ: Mapping[str, str], telling: Telling) -> Around:
    """What settings and the `OTEL_…` variables ask for.

    Raises:
        OperatorError: The collector's URL or its file of authorities cannot be used.
    """
    notes = CallNotes() if settings.show_calls else None
    return Around(notes, make_traces(settings, environ, telling.metrics, telling.log))

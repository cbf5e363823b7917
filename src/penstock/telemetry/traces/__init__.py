"""Traces as OpenTelemetry has them: where a request stands in one, its spans, and how they are written for a collector.

A span becomes the bytes of its message when it ends, from parts that are remembered: recording one costs about a
microsecond, and sending many is joining them.

Never here: sending, what is worth a span, anything that a caller sent.
Source: W3C Trace Context; OTLP 1; OpenTelemetry's semantic conventions for HTTP and GraphQL.
"""

from penstock.telemetry.traces.calls import CallTracer
from penstock.telemetry.traces.context import Place, Sampler, SamplerName, parse_traceparent
from penstock.telemetry.traces.environment import TraceSettings, read_trace_settings
from penstock.telemetry.traces.exporter import Exporter
from penstock.telemetry.traces.shapes import KIND_CLIENT, KIND_SERVER, Shape, Value, shape
from penstock.telemetry.traces.tracer import Resource, Tracer, export

__all__ = [
    "KIND_CLIENT",
    "KIND_SERVER",
    "CallTracer",
    "Exporter",
    "Place",
    "Resource",
    "Sampler",
    "SamplerName",
    "Shape",
    "TraceSettings",
    "Tracer",
    "Value",
    "export",
    "parse_traceparent",
    "read_trace_settings",
    "shape",
]

"""The two ways the sandbox says no: to its operator, and to its caller over HTTP.

Never here: statuses of particular endpoints.

Source: CONTRACT §2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class SandboxError(Exception):
    """The sandbox cannot start or go on; the message names the thing and the remedy."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One entry of `errors`: a title and whatever else upstream tells.

    `status` is the one in the body, which upstream omits for filter and reserved-slug errors (None here).
    """

    title: str
    detail: str | None = None
    source: str | None = None
    status: int | None = None
    meta: Mapping[str, object] | None = None


class ApiError(Exception):
    """A call that is answered with an HTTP error and one or more problems."""

    def __init__(self, status: int, *problems: Problem) -> None:
        """Remember the HTTP status and the problems.

        Args:
            status: the status line of the answer.
            problems: the entries of `errors`, in order.
        """
        super().__init__(f"HTTP {status}: {'; '.join(problem.detail or problem.title for problem in problems)}")
        self.status = status
        self.problems = problems


def refuse(status: int, title: str, detail: str | None = None, source: str | None = None) -> ApiError:
    """Return the error of one problem whose body repeats the HTTP status."""
    return ApiError(status, Problem(title, detail, source, status))


def not_found(thing: str) -> ApiError:
    """Return the 404 for a thing, written as upstream writes it: `customer not found`."""
    return refuse(404, "Not Found", f"{thing} not found")


def invalid(detail: str, source: str | None = None, status: int = 422) -> ApiError:
    """Return the validation error of the older services."""
    title = "Validation Error" if status == 422 else "Bad Request"
    return refuse(status, title, detail, source)


def bad_filter(detail: str) -> ApiError:
    """Return the 400 of the filter parser, which carries no `status` in its body."""
    return ApiError(400, Problem("Bad Request", detail))


def show_problem(problem: Problem, *, as_text: bool) -> dict[str, object]:
    """Return one entry of `errors`, the status as text where the service writes it so (CONTRACT §2)."""
    shown: dict[str, object] = {}
    if problem.status is not None:
        shown["status"] = str(problem.status) if as_text else problem.status
    shown["title"] = problem.title
    if problem.detail is not None:
        shown["detail"] = problem.detail
    if problem.source is not None:
        shown["source"] = problem.source
    if problem.meta is not None:
        meta = dict(problem.meta)
        request_id = meta.pop("request_id", None)
        shown |= {"meta": meta} if meta else {}
        shown |= {"request_id": request_id} if request_id else {}
    return shown

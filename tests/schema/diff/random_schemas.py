"""Random small schemas over few names, so that two of them share much and differ in much.

Never here: tests.
"""

from __future__ import annotations

from hypothesis import strategies as st

_OUTPUTS = ("Int", "String", "A", "B", "N", "U", "E")
_INPUTS = ("Int", "String", "I", "E")
_WRAPPERS = ("{}", "{}!", "[{}]", "[{}!]", "[{}!]!", "[[{}]!]")
_NAMES = ("x", "y", "z")
_LOCATIONS = ("FIELD", "QUERY", "FIELD_DEFINITION")


def references(names: tuple[str, ...]) -> st.SearchStrategy[str]:
    """A reference to one of some types."""
    return st.builds(str.format, st.sampled_from(_WRAPPERS), st.sampled_from(names))


def described(what: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Now and then with a description."""
    return st.builds("{}{}".format, st.sampled_from(("", "", '"one" ', '"two" ')), what)


@st.composite
def given_values(draw: st.DrawFn, *, defaults: bool) -> list[str]:
    """Arguments or input fields."""
    made = []
    for name in draw(st.lists(st.sampled_from(_NAMES), unique=True, max_size=3)):
        reference = draw(references(_INPUTS))
        is_plain = reference in ("Int", "Int!")
        default = draw(st.sampled_from(("", " = 1", " = 2"))) if defaults and is_plain else ""
        made.append(draw(described(st.just(f"{name}: {reference}{default}"))))
    return made


@st.composite
def fields(draw: st.DrawFn, *, defaults: bool) -> str:
    """The fields of an object or interface type; `always` is always there."""
    made = ["always: Int"]
    for name in draw(st.lists(st.sampled_from(_NAMES), unique=True, max_size=3)):
        arguments = draw(given_values(defaults=defaults))
        shown = f"({' '.join(arguments)})" if arguments else ""
        made.append(draw(described(st.just(f"{name}{shown}: {draw(references(_OUTPUTS))}"))))
    return "{ " + " ".join(made) + " }"


@st.composite
def schemas(draw: st.DrawFn, *, defaults: bool = True) -> str:
    """A valid schema as text."""
    values = draw(st.lists(st.sampled_from(("P", "Q", "R")), unique=True, min_size=1))
    members = draw(st.lists(st.sampled_from(("A", "B", "Query")), unique=True, min_size=1))
    # Only nullable input fields, so that an input type never needs itself.
    inputs = [text.replace("!", "") for text in draw(given_values(defaults=defaults))]
    locations = draw(st.lists(st.sampled_from(_LOCATIONS), unique=True, min_size=1))
    repeatable = draw(st.sampled_from(("", "repeatable ")))
    arguments = [text for text in draw(given_values(defaults=defaults)) if ": I" not in text or ": Int" in text]
    shown = f"({' '.join(arguments)})" if arguments else ""
    parts = [
        f"type Query {draw(fields(defaults=defaults))}",
        draw(described(st.just(f"type A {draw(fields(defaults=defaults))}"))),
        f"type B{draw(st.sampled_from((' implements N', '')))} {draw(fields(defaults=defaults))}",
        "interface N { always: Int }",
        f"enum E {{ {' '.join(values)} }}",
        f"union U = {' | '.join(members)}",
        f"input I {{ always: Int {' '.join(inputs)} }}",
        draw(st.sampled_from(("type Spare { a: Int }", "input Spare { a: Int }", "scalar Spare", ""))),
        draw(st.sampled_from((f"directive @d{shown} {repeatable}on {' | '.join(locations)}", ""))),
    ]
    return "\n".join(parts)

"""Inputs inside inputs take the custom fields of what they write, each under a key of its own."""

from __future__ import annotations

import pytest

from penstock.resources.inputs import InputRow, Nested
from penstock.schema.generation import Generation
from tests.operations.plan.random_stores import random_store
from tests.support.stores import enum_rule, field_json, generation_of

STORE = generation_of(
    {
        "cart_items": [
            field_json("engraving", required=True),
            field_json("wrap", "string", enum_rule("paper", "box")),
            field_json("price", "integer"),
            field_json("old", enabled=False),
        ],
        "carts": [field_json("gift", "boolean")],
    }
)


def taken(generation: Generation, name: str) -> dict[str, str]:
    """The fields of an input type and their types."""
    return {
        field.name: f"{field.type.name}{'!' if field.type.non_null else ''}"
        for field in generation.description.inputs[name].fields
    }


def test_what_is_put_into_a_cart_takes_the_fields_of_its_lines() -> None:
    own = {"engraving": "String!", "wrap": "CartItemWrapEnum"}

    assert own.items() <= taken(STORE, "CartProductInput").items()
    assert own.items() <= taken(STORE, "CartCustomItemInput").items()
    assert not {"old", "customPrice", "price2"} & set(taken(STORE, "CartProductInput"))


def test_what_changes_a_line_requires_none_of_them() -> None:
    assert taken(STORE, "CartItemUpdateInput")["engraving"] == "String"


def test_a_cart_takes_its_own_and_no_other() -> None:
    assert taken(STORE, "CartCreateInput")["gift"] == "Boolean"
    assert "gift" not in taken(STORE, "CartProductInput")


def rows_of(rows: tuple[InputRow, ...]) -> list[tuple[InputRow, ...]]:
    """The rows of an input and of every input inside it."""
    return [rows, *(found for row in rows if isinstance(row, Nested) for found in rows_of(row.rows))]


@pytest.mark.parametrize("number", range(40))
def test_no_two_values_of_an_input_travel_under_one_key(number: int) -> None:
    resources = random_store(number).description.resources
    for resource in resources.values():
        for mutation in resource.mutations:
            for rows in rows_of(resource.input_of(mutation)):
                keys = [row.key for row in rows]
                assert len(keys) == len(set(keys)), (mutation.name, keys)

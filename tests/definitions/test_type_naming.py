from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.definitions.model import FlowDefinition
from penstock.definitions.type_naming import EntryNames, assign_type_names, singular_of

TYPES = frozenset({"Customer", "Order", "EntryReference"})
ROOTS = frozenset({"me", "customer", "customers", "customerCreate"})
SLUGS = st.lists(
    st.sampled_from(
        [
            "wishlist",
            "wishlists",
            "Wishlists",
            "wish-lists",
            "wishlist_connections",
            "wishlist_creates",
            "wishlist_create_input",
            "wishlists2",
            "wishlist-list",
            "customers_",
            "customer_edges",
            "custom_customers",
            "mes",
            "strings",
            "color_enums",
            "custom_color_enum",
            "news",
            "news_list",
            "_",
            "2fas",
        ]
    ),
    unique=True,
    max_size=20,
)


def flow(slug: str, age: int = 0) -> FlowDefinition:
    return FlowDefinition(f"id-{slug}", slug, slug, "", True, created_at=f"2031-01-01T00:00:{age:02}Z")


def flows_of(slugs: list[str]) -> list[FlowDefinition]:
    return [flow(slug, age) for age, slug in enumerate(slugs)]


@pytest.mark.parametrize(
    ("plural", "single"),
    [
        ("wishlists", "wishlist"),
        ("categories", "category"),
        ("ties", "tie"),
        ("classes", "class"),
        ("dishes", "dish"),
        ("branches", "branch"),
        ("boxes", "box"),
        ("sizes", "size"),
        ("waltzes", "waltz"),
        ("movies", "movie"),
        ("series", "series"),
        ("status", "status"),
        ("analysis", "analysis"),
        ("address", "address"),
        ("stuff", "stuff"),
        ("BRANDS", "BRAND"),
        ("is", "is"),
        ("", ""),
    ],
)
def test_words_have_their_singular(plural: str, single: str) -> None:
    assert singular_of(plural) == single


def test_a_custom_flow_names_its_type_and_its_root_fields() -> None:
    names, problems = assign_type_names([flow("shipping_providers")], TYPES, ROOTS)

    assert names == {"shipping_providers": EntryNames("ShippingProvider", "shippingProvider", "shippingProviders")}
    assert problems == ()


def test_mutations_are_named_noun_first() -> None:
    names = EntryNames("Wishlist", "wishlist", "wishlists")

    assert (names.create_root, names.update_root, names.delete_root, names.relationship_set_root) == (
        "wishlistCreate",
        "wishlistUpdate",
        "wishlistDelete",
        "wishlistRelationshipSet",
    )
    assert {names.create_root, names.update_root, names.delete_root, names.relationship_set_root} < names.roots


def test_a_word_without_plural_gets_a_list_suffix() -> None:
    names, _ = assign_type_names([flow("stuff")], TYPES, ROOTS)

    assert names["stuff"] == EntryNames("Stuff", "stuff", "stuffList")


def test_of_two_flows_that_meet_the_older_keeps_the_names() -> None:
    names, problems = assign_type_names([flow("wish-lists", 2), flow("wish_lists", 1)], TYPES, ROOTS)

    assert names["wish_lists"] == EntryNames("WishList", "wishList", "wishLists")
    assert names["wish-lists"] == EntryNames("WishList2", "wishList2", "wishLists2")
    assert [problem.flow for problem in problems] == ["wish-lists"]


def test_a_reserved_name_wins_over_a_flow() -> None:
    names, _ = assign_type_names([flow("strings"), flow("mes"), flow("entry_references")], TYPES, ROOTS)

    assert names["strings"].type_name == "CustomString"
    assert names["mes"] == EntryNames("CustomMe", "customMe", "customMes")
    assert names["entry_references"].type_name == "CustomEntryReference"


def test_a_flow_does_not_take_a_name_derived_from_a_reserved_one() -> None:
    names, _ = assign_type_names([flow("customer_connections")], TYPES, ROOTS)

    assert names["customer_connections"].type_name == "CustomCustomerConnection"


@pytest.mark.parametrize("slugs", [["wishlists", "wishlist_edges"], ["wishlist_edges", "wishlists"]])
def test_no_derived_name_meets_another_flow_in_either_direction(slugs: list[str]) -> None:
    names, _ = assign_type_names(flows_of(slugs), TYPES, ROOTS)

    assert names[slugs[0]].type_name in {"Wishlist", "WishlistEdge"}
    assert names[slugs[1]].type_name in {"Wishlist2", "WishlistEdge2"}


def test_only_generated_enums_end_in_enum() -> None:
    names, _ = assign_type_names([flow("color_enums")], TYPES, ROOTS)

    assert names["color_enums"].type_name == "ColorEnum2"


@given(SLUGS, st.data())
def test_all_names_are_valid_different_and_independent_of_the_order(slugs: list[str], data: st.DataObject) -> None:
    flows = flows_of(slugs)

    names, problems = assign_type_names(flows, TYPES, ROOTS)

    assert assign_type_names(data.draw(st.permutations(flows)), TYPES, ROOTS) == (names, problems)
    assert names.keys() == set(slugs)
    types = [name for given in names.values() for name in given.types] + [*TYPES]
    roots = [name for given in names.values() for name in given.roots] + [*ROOTS]
    assert len(types) == len(set(types))
    assert len(roots) == len(set(roots))
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", name) for name in types + roots)


@given(SLUGS.filter(bool))
def test_adding_a_newer_flow_renames_no_other(slugs: list[str]) -> None:
    flows = flows_of(slugs)

    before, _ = assign_type_names(flows[:-1], TYPES, ROOTS)

    assert before.items() <= assign_type_names(flows, TYPES, ROOTS)[0].items()

"""docs/sandbox.md tells what there is."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from penstock.sandbox import SandboxSettings, seeded_login
from penstock.sandbox.faults import Fault
from penstock.sandbox.products import PRODUCTS

GUIDE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text()


def test_every_setting_is_described() -> None:
    assert [field.name for field in fields(SandboxSettings) if f"`{field.name}`" not in GUIDE] == []


def test_every_fault_is_described() -> None:
    assert [fault.value for fault in Fault if f"`{fault.value}`" not in GUIDE] == []


def test_the_login_and_the_products_are_those_of_the_store() -> None:
    wanted = [seeded_login.email, seeded_login.password, *(product.sku for product in PRODUCTS)]

    assert [text for text in wanted if text not in GUIDE] == []

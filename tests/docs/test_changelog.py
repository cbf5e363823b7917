"""The changelog keeps its form, and knows the version that is being made."""

from __future__ import annotations

import re

import penstock
from tests.docs.reference import ROOT

CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
SECTIONS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_every_part_is_one_that_the_form_knows() -> None:
    assert set(re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE)) <= SECTIONS


def test_versions_come_newest_first_with_unreleased_on_top() -> None:
    versions = re.findall(r"^## \[(.+?)\]", CHANGELOG, re.MULTILINE)
    released = [tuple(int(part) for part in version.split(".")) for version in versions[1:]]

    assert versions[0] == "Unreleased"
    assert released == sorted(released, reverse=True)


def test_the_version_of_the_package_is_in_it() -> None:
    assert penstock.__version__ in CHANGELOG

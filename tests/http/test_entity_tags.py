"""Entity tags are compared as RFC 9110 has it, whatever list they come in."""

from __future__ import annotations

import pytest

from penstock.http.entity_tags import is_known, is_meant

TAG = '"1f"'


@pytest.mark.parametrize(
    ("given", "known", "meant"),
    [
        (TAG, True, True),
        ('W/"1f"', True, False),
        ("*", True, True),
        (" \t* ", True, True),
        ('"a", "1f"', True, True),
        ('"a",W/"1f","b"', True, False),
        (',, "1f" ,,', True, True),
        ('"a,b", "1f"', True, True),
        ('"a,1f"', False, False),
        ('"a, 1f, b"', False, False),
        ("1f", False, False),
        ('"1F"', False, False),
        ('w/"1f"', False, False),
        ('W/ "1f"', False, False),
        ('"1f', False, False),
        ('""1f""', False, False),
        ('"1f";x', False, False),
        ("", False, False),
        ('"*"', False, False),
        ("\xff", False, False),
    ],
)
def test_a_strong_tag_is_found_in_a_list(given: str, known: bool, meant: bool) -> None:
    assert (is_known(given, TAG), is_meant(given, TAG)) == (known, meant)


@pytest.mark.parametrize("given", ['"1f"', 'W/"1f"'])
def test_a_weak_tag_is_known_but_never_meant(given: str) -> None:
    assert is_known(given, 'W/"1f"')
    assert not is_meant(given, 'W/"1f"')

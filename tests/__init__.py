"""The tests, which mirror the package; a package themselves, so that `tests/http` is never taken for `http`."""

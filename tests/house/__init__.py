"""The rules of the house that a machine can check: one run of the tests shows them all."""

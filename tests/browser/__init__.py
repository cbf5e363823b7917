"""The explorer as people use it: in a real browser, against a real gateway and store."""

"""Tests of the way to the REST API, over real sockets."""

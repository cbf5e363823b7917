"""Tools that make typed clients of a schema, tried on a served gateway with the files that the guide shows."""

"""The documentation cannot rot: whatever the code knows by name is written down, and examples are run."""

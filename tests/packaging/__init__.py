"""The package as a stranger gets it: built, installed into an empty environment, and run."""

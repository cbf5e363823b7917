"""The tables that say what upstream's resources are."""

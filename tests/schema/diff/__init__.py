"""Two schemas compared."""

"""Several gateways as one: real processes behind a real nginx, with a real Redis."""

"""Resources joined with a store's definitions become type descriptions, and those a Strawberry schema.

Never here: sending, HTTP.
"""

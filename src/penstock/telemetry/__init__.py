"""What the gateway tells its operators: metrics, structured logs, and what must never show in either.

Never here: business.
"""

"""Pure tables, one file per upstream resource: attributes, edges, filters, sorts and writes with their REST calls.

Never here: I/O, Strawberry, logic about one resource.
"""

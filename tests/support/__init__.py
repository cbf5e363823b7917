"""What tests of several rooms share: stores, scripted upstreams, a gateway without its door.

Never here: tests.
"""

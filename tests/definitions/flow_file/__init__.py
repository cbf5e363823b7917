"""Tests of flows as code: reading, comparing, planning and writing, without a store."""

"""Fault rigs of a sitting: kill, fill, cut and unplug a loaded server, then look for what it promised.

`python -m faults` runs all of it (see docs/faults.md for the last report), `--short` what a test suite
has the time for. A real server is loaded over HTTP on 127.0.0.1; what it acknowledged is kept outside
of it, in a ledger, and is looked for in the database afterwards. Controls prove that the rig can see a
loss: each breaks a promise of the product on purpose, in a wrapper of this folder.
"""

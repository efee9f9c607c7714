"""Zips as they come from outside."""

import struct
import zipfile
import zlib

# What `zipfile` raises where a zip, or a file in it, is damaged; found by fuzzing. A name that is not there is a
# KeyError and no damage. Have as little else as can be under it: of other code most of these would be mistakes of ours.
BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error,  # no zip, or another one than its sums and lengths say
    EOFError, OSError, ValueError,  # cut off, or with places before its beginning
    RuntimeError,  # encrypted; NotImplementedError: packed in a way that it does not know
)

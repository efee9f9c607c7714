"""Zips as they come from outside."""

import struct
import zipfile
import zlib

# What `zipfile` raises where a zip, or a file in it, is damaged, cut off, encrypted or packed in a way that it does not
# know; found by fuzzing. A name that is not there is a KeyError and no damage.
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError, OSError,
          RuntimeError)

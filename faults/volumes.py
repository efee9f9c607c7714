"""Small file systems: one that can be filled, one whose disk can be copied at any moment, as a power cut leaves it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

MIB = 2**20


class Unavailable(Exception):
    """This machine lets us make no such volume; the message says what was tried."""


class Failed(Exception):
    """A command failed; the message is the command and what it said."""


def run(*words: str | Path) -> None:
    """Raises `Failed`."""
    try:
        subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise Failed(f"{words[0]} is not installed") from error
    except subprocess.CalledProcessError as error:
        raise Failed(f"`{' '.join(map(str, words))}`: {' '.join(error.stderr.split())}") from error


@contextmanager
def mounted(image: Path, point: Path) -> Iterator[Path]:
    """An image file, mounted through a loop device."""
    point.mkdir(exist_ok=True)
    run("mount", "-o", "loop", image, point)
    try:
        yield point
    finally:
        _let_go(point)
        run("umount", point)


def _let_go(point: Path) -> None:
    """Close what this process has open there: the product's turn to write is a file that stays open for its life."""
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if link.readlink().is_relative_to(point):
                os.close(int(link.name))


@contextmanager
def workshop() -> Iterator[Path]:
    """A folder for images and mount points, that another user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="volumes"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def image(path: Path, mebibytes: int, *make: str) -> Path:
    """A sparse file with a file system in it."""
    with path.open("wb") as file:
        file.truncate(mebibytes * MIB)
    run(*make, path)
    return path


class Volume:
    """A file system of limited size."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ballast = path / "ballast"

    def fill(self) -> None:
        """Take every byte that is left."""
        with self._ballast.open("ab", buffering=0) as file:
            for size in (MIB, 4096, 512):
                with suppress(OSError):
                    while True:
                        file.write(bytes(size))
                        os.fsync(file.fileno())

    def free(self) -> None:
        self._ballast.unlink()


@contextmanager
def limited(mebibytes: int) -> Iterator[Volume]:
    """An ext4 volume of this size. Raises `Unavailable`."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(workshop())
            disk = image(folder / "disk.img", mebibytes, "mkfs.ext4", "-q", "-m", "0")
            path = stack.enter_context(mounted(disk, folder / "disk"))
        except Failed as error:
            raise Unavailable(str(error)) from error
        yield Volume(path)


class PowerRig:
    """An ext4 disk in a file on xfs. A reflink copy of the file is what the disk holds at that moment.

    What waits in the page cache of the ext4 file system is not in it: that is what a power cut takes. What
    the disk was told to write but not to flush is: torn sectors and disks that lie are not modelled.
    """

    def __init__(self, folder: Path, host: Path, disk: Path) -> None:
        self.folder, self._host, self.disk = folder, host, disk
        self._count = 0

    def sync(self) -> None:
        """Let everything so far reach the disk."""
        run("sync", "-f", self.disk)

    def cut(self) -> Path:
        """The disk as it is now."""
        self._count += 1
        path = self._host / f"cut{self._count}.img"
        run("cp", "--reflink=always", self._host / "disk.img", path)
        return path

    @contextmanager
    def after(self, cut: Path) -> Iterator[Path]:
        """That disk after the power is back: mounted, its journal replayed; then it is thrown away."""
        try:
            with mounted(cut, self.folder / cut.stem) as path:
                yield path
        finally:
            cut.unlink()


@contextmanager
def power_rig(mebibytes: int) -> Iterator[PowerRig]:
    """A disk of this size that can be cut from its power. Raises `Unavailable`."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(workshop())
            outer = image(folder / "host.img", 8 * mebibytes, "mkfs.xfs", "-q", "-m", "reflink=1")
            host = stack.enter_context(mounted(outer, folder / "host"))
            inner = image(host / "disk.img", mebibytes, "mkfs.ext4", "-q", "-m", "0")
            disk = stack.enter_context(mounted(inner, folder / "disk"))
        except Failed as error:
            raise Unavailable(str(error)) from error
        yield PowerRig(folder, host, disk)

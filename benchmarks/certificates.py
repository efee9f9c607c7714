"""`python -m benchmarks.certificates`: all certificates of a frozen list in one file, made by the worker's job.

Names, units and codes differ from page to page. The time is that of the whole job, from claiming it to the file that
can be downloaded; memory is the highest of the process over what it held before. One certificate by itself is what a
winner waits for.
"""

import argparse
import io
import os
import resource
import tempfile
import time

import pypdfium2
from flask_migrate import upgrade

from benchmarks.processes import rss_bytes
from contest import clock
from contest.app import create_app
from contest.awards import certified
from contest.config import load
from contest.extensions import db
from contest.jobs.operations import enqueue
from contest.jobs.queries import job_of
from contest.jobs.running import run_next
from contest.reports import certificate_files as files
from contest.reports import certificate_words as words
from contest.reports import certificates
from contest.reports.certificate_jobs import ABOUT, HANDLERS, JOB, ONE
from tests.awards.winners import winners

MIB = 1024 * 1024


def make_all(list_id: str) -> dict[str, float]:
    """Seconds by the clock and of CPU, MiB of memory beyond what there was, MB of the file, its pages."""
    before = rss_bytes(os.getpid())
    job = enqueue(JOB, ABOUT, list_id, by=None, now=clock.now(), shape=ONE)
    db.session.commit()
    job_id = job.id
    begun, used = time.perf_counter(), time.process_time()
    run_next(HANDLERS)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - used
    done = job_of(job_id)
    if done.state != "done":
        raise RuntimeError(f"the job {done.state}: {done.error}")
    made = files.file_of(job_id, ONE).read_bytes()
    with pypdfium2.PdfDocument(io.BytesIO(made)) as document:
        if len(document) != done.result["count"]:
            raise RuntimeError("pages are missing")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"seconds": seconds, "cpu": cpu, "MiB": (peak - before) / MIB, "MB": len(made) / 1e6,
            "pages": done.result["count"]}


def make_one(list_id: str, times: int = 20) -> float:
    """Milliseconds of one certificate."""
    award_list, contest, round_ = certified.listed(list_id)
    design = words.design_of(award_list, contest, round_)
    face, award = words.face(design, award_list), certified.awards_of(list_id)[0]
    begun = time.perf_counter()
    for _ in range(times):
        certificates.pdf(face, [words.sheet(design, award)], words.verify_address())
    return (time.perf_counter() - begun) * 1_000 / times


def main() -> None:
    """Measure and print; exit 0 whatever the figures are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=1_000)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load({"CONTEST_DATA_DIR": folder, "SECRET_KEY": "k" * 32}))
        with app.app_context():
            upgrade()
            list_id = winners(people=count - 1).list_id
            one = make_one(list_id)
            told = make_all(list_id)
            db.session.remove()
            db.engine.dispose()
    print(f"one certificate: {one:.0f} ms")
    print("{pages:,} in one file: {seconds:.1f} s, {cpu:.1f} s of CPU, {MB:.1f} MB, {MiB:.0f} MiB of memory"
          .format(**told))


if __name__ == "__main__":
    main()

"""The room's pages, gathered for the application."""

from contest.rounds import (
    amend_views,
    barred_views,
    code_views,
    contest_views,
    editor_views,
    entering_views,
    overall_views,
    registering_views,
    release_views,
    series_views,
    sharing_views,
    shell_views,
)
from contest.rounds.pages import blueprint

__all__ = ["amend_views", "barred_views", "blueprint", "code_views", "contest_views", "editor_views",
           "entering_views", "overall_views", "registering_views", "release_views",
           "series_views", "sharing_views", "shell_views"]

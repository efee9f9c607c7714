"""The room's pages, gathered for the application."""

from contest.rounds import contest_views, editor_views, release_views, series_views
from contest.rounds.pages import blueprint

__all__ = ["blueprint", "contest_views", "editor_views", "release_views", "series_views"]

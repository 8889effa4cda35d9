"""The first page."""

from flask import Blueprint, Response, render_template

from server.service import current_service

__all__ = ["pages"]

pages = Blueprint("pages", __name__)


@pages.get("/")
def home() -> Response:
    """Say what this graph is, how large it is, and how to ask it."""
    service = current_service()
    return Response(render_template("home.html", release=service.release, queries=service.queries))

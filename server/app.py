"""The application: blueprints around one service."""

from flask import Flask, Response

from kg.namespaces import compact_iri
from server.errors import register_errors
from server.pages import pages
from server.saved_queries import saved_queries
from server.service import Service
from server.sparql import sparql

__all__ = ["create_app"]

_FORM_OVERHEAD = 4
"""How many times longer a query can be in a form, where each byte may be written as a percent sign and two digits."""


def create_app(service: Service) -> Flask:
    """
    Make the application that serves a release.

    Args:
        service: What it serves; whoever opened it closes it.
    """
    app = Flask(__name__)
    app.extensions["agon"] = service
    app.config["MAX_CONTENT_LENGTH"] = _FORM_OVERHEAD * service.config.limits.query_bytes
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    for blueprint in (pages, saved_queries, sparql):
        app.register_blueprint(blueprint)
    register_errors(app)
    app.after_request(_add_headers)
    app.add_template_filter(lambda iri: compact_iri(iri, service.release.prefixes), "compact_iri")
    app.jinja_env.globals["title"] = service.release.title
    return app


def _add_headers(response: Response) -> Response:
    """Let pages of other origins read every answer, and caches tell its formats apart."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'self'"
    response.vary.add("Accept")
    return response

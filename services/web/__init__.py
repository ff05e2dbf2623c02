"""The web process: a list of routers."""

from services.web.application import make_web, serve_web, web_server

__all__ = ["make_web", "serve_web", "web_server"]

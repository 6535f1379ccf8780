"""The WSGI entry point: ``gunicorn wsgi:app``."""

from psfs import create_app

app = create_app()

"""The WSGI entry point: ``gunicorn wsgi:app``."""

from psfs import create_app, static_files
from psfs.config import Config

config = Config.from_environment()
static_files.pack(config.static_dir, config.instance)
app = create_app(config)

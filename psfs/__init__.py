"""«Kva er viktig for deg?» and BTI in one program. ``create_app`` only wires the rooms together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from psfs.config import Config


def create_app(config: Config | None = None) -> Flask:
    """The program, ready to serve.

    Args:
        config: settings; read from the environment unless given.

    Raises:
        psfs.config.ConfigError: a setting cannot be used.
    """
    from psfs import errors, language, rooms, security, static_files
    from psfs.accounts import current, sessions
    from psfs.config import Config
    from psfs.extensions import babel, compress, csrf, db, end_reading, engine_options, migrate

    config = config or Config.from_environment()
    app = Flask(__name__, static_folder=None, instance_path=str(config.instance))
    app.extensions["psfs_config"] = config
    app.config.update(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(config.database_url),
        MAX_CONTENT_LENGTH=config.max_request_bytes,
        MAX_FORM_MEMORY_SIZE=config.max_request_bytes,
        SESSION_COOKIE_NAME="__Host-psfs" if config.https else "psfs",
        SESSION_COOKIE_SECURE=config.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # lives as long as the session
        WTF_CSRF_CHECK_DEFAULT=True,
        BABEL_DEFAULT_LOCALE="nn",
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=4,
        COMPRESS_MIN_SIZE=500,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    db.init_app(app)
    app.teardown_request(end_reading)
    migrate.init_app(app, db, directory="psfs:migrations", render_as_batch=True, compare_type=True)
    language.init_app(app, babel)
    app.session_interface = sessions.DatabaseSessions(config)
    errors.init_app(app)
    security.init_app(app, config)
    current.require_sign_in(app)
    csrf.init_app(app)  # after the sign-in check: an ended session asks for sign-in, not for a token
    compress.init_app(app)
    rooms.register(app)
    static_files.serve(app, config.static_dir, config.instance)
    if config.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=config.proxies, x_proto=config.proxies, x_host=config.proxies
        )
    return app

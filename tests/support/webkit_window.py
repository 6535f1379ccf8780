"""A window with WebKit in it that keeps what a site stores, for WebKitWebDriver to drive.

MiniBrowser forgets everything when it is driven; a tablet that died remembers. So this is the same library with a
folder for its data, called directly:  python webkit_window.py FOLDER [FEATURE...]
FEATURE is one of WebKit's names for what is off unless asked for (``StorageAPI``: on in Safari, off in this library).
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import c_char_p, c_int, c_size_t, c_ulong, c_void_p
from typing import Any

NAME = b"Tablet"  # what the driver asks for
SQLITE_COOKIES = 1
SIZE = (820, 1180)

gtk = ctypes.CDLL("libgtk-3.so.0")
webkit = ctypes.CDLL("libwebkit2gtk-4.1.so.0")
gobject = ctypes.CDLL("libgobject-2.0.so.0")


def call(library: ctypes.CDLL, name: str, *values: Any, gives: Any = c_void_p) -> Any:
    """Call a C function; every value carries its C type."""
    function = getattr(library, name)
    function.restype = gives
    function.argtypes = [type(value) for value in values]
    return function(*values)


def connect(instance: int, signal: bytes, handler: Any) -> None:
    """Call ``handler`` when the object tells of ``signal``."""
    nothing = c_void_p(None)
    target = ctypes.cast(handler, c_void_p)
    call(
        gobject,
        "g_signal_connect_data",
        c_void_p(instance),
        c_char_p(signal),
        target,
        nothing,
        nothing,
        c_int(0),
        gives=c_ulong,
    )


class Window:
    """One window on one folder of website data."""

    def __init__(self, folder: str, features: list[str]) -> None:
        self.features = features
        manager = call(
            webkit,
            "webkit_website_data_manager_new",
            c_char_p(b"base-data-directory"),
            c_char_p(f"{folder}/data".encode()),
            c_char_p(b"base-cache-directory"),
            c_char_p(f"{folder}/cache".encode()),
            c_void_p(None),
        )
        self.context = call(webkit, "webkit_web_context_new_with_website_data_manager", c_void_p(manager))
        cookies = call(webkit, "webkit_web_context_get_cookie_manager", c_void_p(self.context))
        call(
            webkit,
            "webkit_cookie_manager_set_persistent_storage",
            c_void_p(cookies),
            c_char_p(f"{folder}/cookies.sqlite".encode()),
            c_int(SQLITE_COOKIES),
        )
        call(webkit, "webkit_web_context_set_automation_allowed", c_void_p(self.context), c_int(1))
        # Kept, or Python would drop them while WebKit still calls them.
        self._started = ctypes.CFUNCTYPE(None, c_void_p, c_void_p, c_void_p)(self.started)
        self._view_wanted = ctypes.CFUNCTYPE(c_void_p, c_void_p, c_void_p)(self.view_wanted)
        connect(self.context, b"automation-started", self._started)

    def started(self, _context: int, session: int, _data: int) -> None:
        """A driver has come: say who we are."""
        info = call(webkit, "webkit_application_info_new")
        call(webkit, "webkit_application_info_set_name", c_void_p(info), c_char_p(NAME))
        version = (c_ulong(1), c_ulong(0), c_ulong(0))
        call(webkit, "webkit_application_info_set_version", c_void_p(info), *version)
        call(webkit, "webkit_automation_session_set_application_info", c_void_p(session), c_void_p(info))
        connect(session, b"create-web-view", self._view_wanted)

    def view_wanted(self, _session: int, _data: int) -> int:
        """Give the driver a page: the first, or one more tab."""
        kind = call(webkit, "webkit_web_view_get_type", gives=c_ulong)
        view: int = call(
            gobject,
            "g_object_new",
            c_ulong(kind),
            c_char_p(b"web-context"),
            c_void_p(self.context),
            c_char_p(b"is-controlled-by-automation"),
            c_int(1),
            c_void_p(None),
        )
        self.switch_on(view)
        window = call(gtk, "gtk_window_new", c_int(0))
        call(gtk, "gtk_window_set_default_size", c_void_p(window), c_int(SIZE[0]), c_int(SIZE[1]))
        call(gtk, "gtk_container_add", c_void_p(window), c_void_p(view))
        call(gtk, "gtk_widget_show_all", c_void_p(window))
        return view

    def switch_on(self, view: int) -> None:
        """Enable what was asked for; a name that WebKit does not know ends the program."""
        settings = call(webkit, "webkit_web_view_get_settings", c_void_p(view))
        every = call(webkit, "webkit_settings_get_all_features")
        wanted = set(self.features)
        for number in range(call(webkit, "webkit_feature_list_get_length", c_void_p(every), gives=c_size_t)):
            feature = call(webkit, "webkit_feature_list_get", c_void_p(every), c_size_t(number))
            name = call(webkit, "webkit_feature_get_identifier", c_void_p(feature), gives=c_char_p).decode()
            if name in wanted:
                wanted.discard(name)
                call(webkit, "webkit_settings_set_feature_enabled", c_void_p(settings), c_void_p(feature), c_int(1))
        if wanted:
            sys.exit(f"WebKit knows no {sorted(wanted)}")


if __name__ == "__main__":
    gtk.gtk_init(None, None)
    window = Window(sys.argv[1], sys.argv[2:])
    gtk.gtk_main()

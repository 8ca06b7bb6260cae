"""httpx without its command line, a third of its import: where there is click it brings rich and pygments.

`httpx/__init__.py` imports `httpx._main` if that can be imported and does without it if not. None in
`sys.modules` is how Python is told that a module cannot be ("The module cache" in its reference); it stands
there for the moment of the import only.
"""

from __future__ import annotations

import sys

__all__ = ["httpx"]

_COMMAND_LINE = "httpx._main"
_is_first = "httpx" not in sys.modules

if _is_first:
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]  # the reference allows it, typeshed does not
try:
    import httpx
finally:
    if _is_first:
        del sys.modules[_COMMAND_LINE]

"""``python -m icetui``."""

from __future__ import annotations

import sys

from icetui.start import main

if __name__ == "__main__":
    sys.exit(main())

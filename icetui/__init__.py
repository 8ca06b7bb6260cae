"""icetui: a terminal job browser for Alibaba Cloud ICE and ApsaraVideo VOD."""

__version__ = "0.1.0"

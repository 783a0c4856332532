"""Cross-App Access (XAA): ID-JAG grants for MCP. You pass in the time, the keys, the randomness and the bytes; you get
back a decision, a token or a request to send.

Functions and constructors take keyword arguments, times are seconds since 1970, objects of the protocol are `dict`s
whose types are in `idjag.types`, and whatever is refused is an `IdJagError`. Objects may be used from any thread. Do
not `fork` while another thread is in a call: use the "spawn" or "forkserver" start method of `multiprocessing`.
"""

from importlib.metadata import version as _version

from . import types as types
from ._catalog import FUNCTIONS as _FUNCTIONS
from ._errors import IdJagError
from ._shell import classes as _classes
from ._shell import function as _function

__version__ = _version("idjag")

_public = _classes()
_public.update({_entry.name: _function(_entry, _public) for _entry in _FUNCTIONS})
globals().update(_public)

IdJagError.__module__ = "idjag"
__all__ = sorted([*_public, "IdJagError", "__version__", "types"])

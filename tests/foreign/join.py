"""Joins the output of mint.py and mint.mjs into tests/vectors/foreign/minted.json (see mint.py)."""

import json
import pathlib
import sys

ABOUT = (
    "Tokens minted by JOSE libraries that this project did not write (tests/foreign). Each case is a black-box case "
    "(`kind`, `token`, `expected`) that verifies against the `jwks` of its library; `client_assertion` is checked by "
    "the vectors only."
)
print(json.dumps({"about": ABOUT, "libraries": [json.loads(pathlib.Path(p).read_text()) for p in sys.argv[1:]]},
                 indent=2, sort_keys=True))

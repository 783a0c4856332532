"""The HTTP library that sends: httpx, or httpx2, which the MCP Python SDK brings along, where that is the only one."""

try:
    import httpx as httpx
except ModuleNotFoundError:
    import httpx2 as httpx  # type: ignore[no-redef]

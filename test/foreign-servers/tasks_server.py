"""A server of FastMCP over HTTP, of the newer era alone, with tasks of its own."""

import asyncio
import sys

from fastmcp import FastMCP
from fastmcp_tasks import TasksExtension

mcp = FastMCP("tasks")
mcp.add_extension(TasksExtension())


@mcp.tool(task=True)
async def slow(seconds: float) -> str:
    """Takes its time."""
    with open(sys.argv[2], "a") as effects:
        effects.write("began\n")
    await asyncio.sleep(seconds)
    return f"slow is done after {seconds} s"


@mcp.tool
def add(a: int, b: int) -> int:
    """Adds."""
    return a + b


mcp.run(transport="http", host="127.0.0.1", port=int(sys.argv[1]), show_banner=False)

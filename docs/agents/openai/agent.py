"""An agent of the OpenAI Agents SDK whose tool takes as long as it takes: its MCP server waits, outside of the model.

It lives through a gateway that is restarted while it waits, and starts no second task.
"""

import asyncio
import os
import sys
import uuid

from agents import Agent, Runner, set_default_openai_api, set_tracing_disabled
from agents.mcp import MCPServerStreamableHttp, create_static_tool_filter

URL = os.environ.get("LONGHAUL_URL", "http://127.0.0.1:7400/mcp")
SECONDS = sys.argv[1] if len(sys.argv) > 1 else "60"
WAIT_SECONDS = 20
PATIENCE_SECONDS = 300
CONNECTION = {
    "params": {"url": URL, "timeout": 30, "sse_read_timeout": WAIT_SECONDS + 10},
    "client_session_timeout_seconds": WAIT_SECONDS + 10,  # 5 by default, less than a look waits
}

# Reads on where a result is too large to be shown.
READ_ON = "read_task_result"

set_default_openai_api("chat_completions")  # what every OpenAI-compatible server has
set_tracing_disabled(True)


async def until_answered(tool_name, arguments, meta=None):
    """Calls a tool over a session of its own, since one that has lost a connection is over, until there is an answer."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + PATIENCE_SECONDS
    while True:
        try:
            async with MCPServerStreamableHttp(**CONNECTION) as server:
                return await server.call_tool(tool_name, arguments, meta)
        except Exception:
            if loop.time() > give_up_at:
                raise
            await asyncio.sleep(2)


class WaitingServer(MCPServerStreamableHttp):
    """Answers a call of a tool when the task behind it is done."""

    async def call_tool(self, tool_name, arguments, meta=None):
        if tool_name == READ_ON:
            return await until_answered(tool_name, arguments, meta)
        # With the key a call that is repeated finds its task.
        arguments = {"idempotency_key": str(uuid.uuid4()), **(arguments or {})}
        result = await until_answered(tool_name, arguments, meta)
        while task := to_task(result):
            if task["status"] == "input_required":
                break  # for a person, and so for the model
            look = {"task_ref": task["task_ref"], "wait_seconds": WAIT_SECONDS}
            result = await until_answered("resolve_task_status", look)
        return result


def to_task(result):
    """The task that an answer shows, as long as it is not done."""
    # mcp 2 says structured_content, mcp 1 structuredContent.
    task = getattr(result, "structured_content", None) or getattr(result, "structuredContent", None)
    return task if task and task.get("done") is False and "task_ref" in task else None


async def main():
    longhaul = WaitingServer(
        **CONNECTION,
        cache_tools_list=True,
        tool_filter=create_static_tool_filter(allowed_tool_names=["simulated_batch", READ_ON]),
    )
    async with longhaul:
        agent = Agent(
            name="Assistant",
            model=os.environ.get("MODEL", "gpt-5-mini"),
            mcp_servers=[longhaul],
        )
        prompt = f"Run a batch of 20 items that takes {SECONDS} seconds, and tell me what came of it."
        print("The agent runs.", flush=True)
        result = await Runner.run(agent, prompt)
        print(result.final_output)


asyncio.run(main())

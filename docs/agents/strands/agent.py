"""A Strands agent that follows a native task by itself: what it needs is a longer timeout than its own five minutes."""

import os
import sys
from datetime import timedelta

from mcp.client.streamable_http import streamable_http_client
from strands import Agent
from strands.models.openai import OpenAIModel
from strands.tools.mcp import MCPClient
from strands.tools.mcp.mcp_tasks import TasksConfig

URL = os.environ.get("LONGHAUL_URL", "http://127.0.0.1:7400/mcp")
SECONDS = sys.argv[1] if len(sys.argv) > 1 else "60"

longhaul = MCPClient(
    lambda: streamable_http_client(URL),
    # When poll_timeout is over Strands cancels the task: give it more than the longest operation may take.
    tasks_config=TasksConfig(poll_timeout=timedelta(hours=6), request_timeout=timedelta(seconds=30)),
    # The second reads on where a result is too large to be shown.
    tool_filters={"allowed": ["simulated_batch", "read_task_result"]},
)
model = OpenAIModel(model_id=os.environ.get("MODEL", "gpt-5-mini"))

with longhaul:
    agent = Agent(model=model, tools=longhaul.list_tools_sync(), callback_handler=None)
    print("The agent runs.", flush=True)
    prompt = f"Run a batch of 20 items that takes {SECONDS} seconds, and tell me what came of it."
    print(agent(prompt))

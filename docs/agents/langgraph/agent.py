"""A LangGraph agent whose tool takes as long as it takes: an interceptor waits, outside of the model.

It lives through a gateway that is restarted while it waits: every call is a session of its own, is repeated until it is
answered, and carries an idempotency key, so that no second task is started.
"""

import asyncio
import json
import os
import sys
import uuid
from datetime import timedelta

from langchain_mcp_adapters.client import MultiServerMCPClient
from langchain_openai import ChatOpenAI
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition

URL = os.environ.get("LONGHAUL_URL", "http://127.0.0.1:7400/mcp")
SECONDS = sys.argv[1] if len(sys.argv) > 1 else "60"
WAIT_SECONDS = 20
# Reads on where a result is too large to be shown.
READ_ON = "read_task_result"
TOOLS = ["simulated_batch", READ_ON]
PATIENCE_SECONDS = 300


async def until_answered(handler, request):
    """Repeats a call whose answer was lost."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + PATIENCE_SECONDS
    while True:
        try:
            return await handler(request)
        except Exception:
            if loop.time() > give_up_at:
                raise
            await asyncio.sleep(2)


def to_task(result):
    """The task that an answer shows, as long as it is not done."""
    task = getattr(result, "structuredContent", None) or {}
    return task if task.get("done") is False and "task_ref" in task else None


async def wait_outside_the_model(request, handler):
    if request.name == READ_ON:
        return await until_answered(handler, request)
    args = {"idempotency_key": str(uuid.uuid4()), **request.args}
    result = await until_answered(handler, request.override(args=args))
    while task := to_task(result):
        if task["status"] == "input_required":
            break  # for a person, and so for the model
        look = {"task_ref": task["task_ref"], "wait_seconds": WAIT_SECONDS}
        look = request.override(name="resolve_task_status", args=look)
        result = await until_answered(handler, look)
    return result


async def main():
    client = MultiServerMCPClient(
        {
            "longhaul": {
                "transport": "streamable_http",
                "url": URL,
                # Longer than a look waits; connections are quick or gone.
                "timeout": timedelta(seconds=WAIT_SECONDS + 10),
                "sse_read_timeout": timedelta(seconds=WAIT_SECONDS + 10),
                "session_kwargs": {"read_timeout_seconds": timedelta(seconds=WAIT_SECONDS + 10)},
            }
        },
        tool_interceptors=[wait_outside_the_model],
    )
    tools = [tool for tool in await client.get_tools() if tool.name in TOOLS]
    model = ChatOpenAI(model=os.environ.get("MODEL", "gpt-5-mini")).bind_tools(tools)

    async def call_model(state: MessagesState):
        return {"messages": [await model.ainvoke(state["messages"])]}

    graph = StateGraph(MessagesState)
    graph.add_node("model", call_model)
    graph.add_node("tools", ToolNode(tools))
    graph.add_edge(START, "model")
    graph.add_conditional_edges("model", tools_condition)
    graph.add_edge("tools", "model")

    prompt = f"Run a batch of 20 items that takes {SECONDS} seconds, and tell me what came of it."
    print("The agent runs.", flush=True)
    state = await graph.compile().ainvoke({"messages": [("user", prompt)]})
    print(json.dumps([message.type for message in state["messages"]]))
    print(state["messages"][-1].text)


asyncio.run(main())

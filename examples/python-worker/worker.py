"""A worker that knows nothing of Longhaul but its codec: an order that waits for an approval, and a transcription."""

import asyncio
import os

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from codec import converter


@activity.defn
async def transcribe(parameters: dict) -> str:
    for part in range(4):
        activity.heartbeat({"fraction": part / 4, "message": f"part {part + 1} of 4"})
        await asyncio.sleep(0.3)
    return f"what is said in {parameters['url']}"


@workflow.defn
class ProcessOrder:
    def __init__(self) -> None:
        self.approved: bool | None = None

    @workflow.run
    async def run(self, order_id: str) -> dict:
        await workflow.wait_condition(lambda: self.approved is not None)
        await asyncio.sleep(1)  # packing
        return {"order": order_id, "state": "shipped" if self.approved else "refused"}

    @workflow.signal
    def approve(self, answer: dict) -> None:
        self.approved = answer["approved"]

    @workflow.query
    def awaiting_approval(self) -> bool:
        return self.approved is None

    @workflow.query
    def progress(self) -> dict:
        return {"fraction": 0.5, "message": "packing"}


async def main() -> None:
    address = os.environ.get("TEMPORAL_ADDRESS", "localhost:7233")
    client = await Client.connect(address, data_converter=converter())
    orders = Worker(client, task_queue="orders", workflows=[ProcessOrder])
    gpu = Worker(client, task_queue="gpu", activities=[transcribe])
    print("ready", flush=True)
    await asyncio.gather(orders.run(), gpu.run())


if __name__ == "__main__":
    asyncio.run(main())

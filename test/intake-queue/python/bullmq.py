"""The calls of Python's BullMQ that the example makes, done by Node's BullMQ in a process beside."""

import asyncio
import json
import os
import subprocess


class Job:
    def __init__(self, raw):
        self.id = raw["id"]
        self.data = raw.get("data")
        self.returnvalue = raw.get("returnvalue")
        self.failedReason = raw.get("failedReason")

    @staticmethod
    async def fromId(queue, job_id):
        return Job(await queue.ask("get", job_id))


class Queue:
    def __init__(self, name, opts):
        bridge = os.path.join(os.path.dirname(__file__), "bridge.mjs")
        self.node = subprocess.Popen(
            ["node", bridge, name, opts["connection"]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    async def ask(self, verb, what):
        self.node.stdin.write(json.dumps([verb, what]) + "\n")
        self.node.stdin.flush()
        return json.loads(await asyncio.to_thread(self.node.stdout.readline))

    async def addBulk(self, jobs):
        # The package sends the bytes of this very text.
        texts = [{**job, "data": json.dumps(job["data"])} for job in jobs]
        return [Job(raw) for raw in await self.ask("add", texts)]

    async def getJobState(self, job_id):
        return await self.ask("state", job_id)

    async def close(self):
        self.node.stdin.close()
        await asyncio.to_thread(self.node.wait)

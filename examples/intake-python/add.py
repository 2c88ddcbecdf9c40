"""Asks people by jobs of the intake queue, with BullMQ alone.

One JSON object a line on standard input, as docs/intake-queue.md describes it; one line a person on standard output:
its reference, and the request or the reason.

    pip install -r requirements.txt
    REDIS_URL=redis://localhost:6379 python add.py < people.ndjson
"""

import asyncio
import json
import os
import sys

from bullmq import Job, Queue


async def ended(queue, job_id):
    """Looks until the job has ended."""
    while await queue.getJobState(job_id) not in ("completed", "failed"):
        await asyncio.sleep(0.05)
    return await Job.fromId(queue, job_id)


async def main():
    url = os.environ.get("REDIS_URL", "redis://localhost:6379")
    queue = Queue("callpermit-intake", {"connection": url})
    jobs = []
    for line in sys.stdin:
        if not line.strip():
            continue
        data = json.loads(line)
        # The same reference is the same job: to run this twice asks nobody twice.
        opts = {"jobId": f"intake-{data['reference']}"} if "reference" in data else {}
        jobs.append({"name": "call-permission-request", "data": data, "opts": opts})
    for added in await queue.addBulk(jobs):
        job = await ended(queue, added.id)
        became = job.failedReason or f"request {job.returnvalue['id']}"
        print(f"{job.data.get('reference', job.id)}\t{became}", flush=True)
    await queue.close()


asyncio.run(main())

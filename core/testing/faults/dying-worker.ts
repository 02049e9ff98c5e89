// A process that takes one job, says so, and holds it until it is killed. Its argument is the settings of its queue as JSON.

import { createQueue, type QueueSettings } from '#core/engines/bullmq/bullmq.ts';
import { quietLog } from '../runner/quiet-log.ts';

const settings = JSON.parse(process.argv[2]!) as Omit<QueueSettings, 'log'>;
const queue = await createQueue({ ...settings, log: quietLog });
await queue.work(
  (job) => {
    console.log(job.taskId);
    return new Promise(() => undefined);
  },
  { concurrency: 1 },
);

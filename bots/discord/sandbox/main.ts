// The sandbox as a process of its own, for tests that kill it or the product: prints its addresses as one line of JSON.
//   node bots/discord/sandbox/main.ts [--port 4000] [--file discord.jsonl] [--token bot-token] [--heartbeat 200]

import { parseArgs } from 'node:util';
import { startDiscordSandbox } from './server.ts';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, file: { type: 'string' }, token: { type: 'string' }, heartbeat: { type: 'string' } },
});
const { stop, ...addresses } = await startDiscordSandbox({
  port: Number(values.port),
  ...(values.file !== undefined && { file: values.file }),
  ...(values.token !== undefined && { token: values.token }),
  ...(values.heartbeat !== undefined && { heartbeatMs: Number(values.heartbeat) }),
});
console.log(JSON.stringify(addresses));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());

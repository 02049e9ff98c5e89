// The sandbox as a process of its own, for tests that kill it or the product: prints its addresses as one line of JSON.
//   node bots/slack/sandbox/main.ts [--port 4000] [--file slack.jsonl] [--secret signing-secret]

import { parseArgs } from 'node:util';
import { startSlackSandbox } from './server.ts';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, file: { type: 'string' }, secret: { type: 'string' } },
});
const { url, apiUrl, stop } = await startSlackSandbox({
  port: Number(values.port),
  ...(values.file !== undefined && { file: values.file }),
  ...(values.secret !== undefined && { signingSecrets: [values.secret] }),
});
console.log(JSON.stringify({ url, apiUrl }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());

// The board as a process of its own, for tests that kill it or the product: prints its address as one line of JSON.
//   node bots/testing/board/sandbox/main.ts --token secret [--port 4000] [--file board.jsonl]

import { parseArgs } from 'node:util';
import { startBoard } from './server.ts';

const { values } = parseArgs({ options: { token: { type: 'string' }, port: { type: 'string', default: '0' }, file: { type: 'string' } } });
const board = await startBoard({
  token: values.token ?? 'board',
  port: Number(values.port),
  ...(values.file !== undefined && { file: values.file }),
});
console.log(JSON.stringify({ url: board.url }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void board.stop());

// A process of its own with the sandbox on a folder, for tests that kill it: says where it is once it listens.

import { startStripeSandbox } from '../server.ts';

const [dir = ''] = process.argv.slice(2);
const sandbox = await startStripeSandbox({
  dir,
  secretKey: 'sk_test_of_this_test',
  webhookSecret: 'whsec_of_this_test',
  controlToken: 'control',
  newsUrl: null,
  catalog: [],
  brandName: 'Impacter',
  log: console,
});
process.stdout.write(`${sandbox.url}\n`);

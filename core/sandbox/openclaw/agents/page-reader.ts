// The thread that read-page.ts starts for one page.

import { parentPort, workerData } from 'node:worker_threads';
import { findOn } from './findings.ts';
import type { Page } from './page.ts';

parentPort!.postMessage(findOn(workerData as Page));

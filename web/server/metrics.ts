// Numbers for Prometheus. What lives in PostgreSQL and the queue comes from the core at each reading.

import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { App } from '#core/flows/app.ts';
import type { Log } from '#core/ports/log.ts';
import type { SecurityLog } from '#core/ports/security-log.ts';

export interface Metrics {
  answered(request: { method: string; route: string; status: number; durationMs: number }): void;
  /** The exposition text; without the core's numbers when they can't be had now. */
  read(): Promise<string>;
  readonly contentType: string;
}

export function createMetrics(
  app: { readonly operator: Pick<App['operator'], 'gauges'> },
  log: Log,
  openStreams: () => number,
  security: Pick<SecurityLog, 'counts'>,
): Metrics {
  const registry = new Registry();
  const process = numbersOfProcess();
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'How long requests took, event streams left out.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  new Gauge({
    name: 'http_event_streams_open',
    help: 'Event streams that are open in this process.',
    registers: [registry],
    collect() {
      this.set(openStreams());
    },
  });

  new Counter({
    name: 'security_events_total',
    help: 'Events of the security log in this process.',
    labelNames: ['event'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [event, count] of Object.entries(security.counts())) this.inc({ event }, count);
    },
  });

  return {
    contentType: registry.contentType,
    answered({ method, route, status, durationMs }) {
      // A stream takes as long as somebody looks at it.
      if (route !== '/api/events') durations.observe({ method, route, status }, durationMs / 1000);
    },
    async read() {
      return [await process.metrics(), await registry.metrics(), await coreNumbers(app, log)].join('\n');
    },
  };
}

let ofProcess: Registry | undefined;

/** One for all servers of this process: what watches the process cannot be ended, and looks a hundred times a second. */
function numbersOfProcess(): Registry {
  if (ofProcess === undefined) collectDefaultMetrics({ register: (ofProcess = new Registry()) });
  return ofProcess;
}

async function coreNumbers(app: { readonly operator: Pick<App['operator'], 'gauges'> }, log: Log): Promise<string> {
  const registry = new Registry();
  const reachable = new Gauge({
    name: 'core_gauges_readable',
    help: '1 when the numbers of the core could be read.',
    registers: [registry],
  });
  const gauges = new Map<string, Gauge>();
  try {
    for (const { name, help, labels = {}, value } of await app.operator.gauges()) {
      const gauge = gauges.get(name) ?? new Gauge({ name, help, labelNames: Object.keys(labels), registers: [registry] });
      gauges.set(name, gauge);
      gauge.set(labels, value);
    }
    reachable.set(1);
  } catch (error) {
    log.warn({ error }, 'gauges could not be read');
    reachable.set(0);
  }
  return registry.metrics();
}

import type { Config } from '@react-router/dev/config';

// Read by the tool, which wants a default export.
export default {
  appDirectory: 'app',
  buildDirectory: 'build',
  // Which addresses there are is no secret, and asking for them one by one would cost a request each.
  routeDiscovery: { mode: 'initial' },
} satisfies Config;

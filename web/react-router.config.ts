import type { Config } from '@react-router/dev/config';

// Read by the tool, which wants a default export.
export default {
  appDirectory: 'app',
  buildDirectory: 'build',
  // A page brings what it needs, and asks for the addresses of the links it shows, once: the answer is kept for good.
  // Sent whole, the list of addresses would make every page heavier with each page that is added.
  routeDiscovery: { mode: 'lazy', manifestPath: '/__manifest' },
} satisfies Config;

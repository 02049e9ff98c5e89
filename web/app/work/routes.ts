import { layout, route, type RouteConfigEntry } from '@react-router/dev/routes';

export const workRoutes: RouteConfigEntry[] = [
  layout('work/desk.tsx', [route('dashboard', 'work/dashboard.tsx'), route('conversations/:id', 'work/conversation.tsx')]),
  route('tasks', 'work/tasks.tsx'),
  route('tasks/:id', 'work/task.tsx'),
  route('tasks/:id/files/:fileId', 'work/task-file.ts'),
  route('estimate', 'work/estimate.ts'),
];

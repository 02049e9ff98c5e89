import { Page } from '../components/page.tsx';
import { guarded } from '../guarded.ts';

export const loader = guarded('tasks.see', async ({ actor }) => ({ email: actor.email }));

export default function Dashboard() {
  return <Page title="What do you need done?">{null}</Page>;
}

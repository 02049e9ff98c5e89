import { refuse } from '#core/domain/refusals/refusal.ts';
import { open } from './guarded.ts';

export const loader = open(() => {
  throw refuse('route.unknown');
});

export default function NotFound() {
  return null;
}

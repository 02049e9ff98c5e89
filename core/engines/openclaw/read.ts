import type { z } from 'zod';
import { GatewayError } from './gateway-error.ts';

/** What a gateway answered, as far as we rely on it. An answer of another shape is as good as a no. */
export function read<S extends z.ZodType>(schema: S, answer: unknown): z.infer<S> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const where = result.error.issues[0]?.path.join('.');
  throw new GatewayError('refused', `its answer has another shape${where ? `: ${where}` : ''}`);
}

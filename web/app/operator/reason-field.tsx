// What an operator does to a team or person takes a reason, which its audit log keeps.

import { TextField } from '../components/field.tsx';

export function ReasonField({ error }: { error: string | undefined }) {
  return <TextField label="Reason" name="reason" required minLength={3} maxLength={500} autoComplete="off" error={error} />;
}

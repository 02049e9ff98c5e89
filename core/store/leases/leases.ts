// Who alone does something now, among all processes: a gateway's connection, a post that is edited. Each new holder has a higher
// fence, and state is written with the fence that it was read under: a process that was stopped or cut off, and does not know
// that its time is over, cannot overwrite what the next one wrote. Names are few and stay.

import type { HeldLease, Lease } from '#core/ports/leases.ts';
import type { Money } from '../database/money.ts';

export type { Lease };

export interface Leases {
  /** null while somebody else has it. Whoever has it already keeps their fence. */
  take(name: string, holder: string, forMs: number, at: Date): Promise<Lease | null>;
  /** False once it is over, also where nobody has taken it since: whoever held it stops, and takes it anew. */
  renew(lease: HeldLease, forMs: number, at: Date): Promise<boolean>;
  /** Gives it up, so that the next one need not wait. Nothing happens where somebody else has it. */
  release(lease: HeldLease, at: Date): Promise<void>;
  /** False when somebody else has taken it: nothing was written. `state` is any JSON of at most STATE_BYTES. */
  write(lease: HeldLease, state: unknown): Promise<boolean>;
  /** null when nobody ever had it. */
  read(name: string): Promise<Lease | null>;
}

const STATE_BYTES = 64 * 1024;
const NAME_CHARACTERS = 200;

export function leasesOver(money: Money): Leases {
  return {
    async take(name, holder, forMs, at) {
      if (name === '' || name.length > NAME_CHARACTERS) throw new RangeError(`a lease has a name of 1 to ${NAME_CHARACTERS} characters`);
      const { rows } = await money.query<Row>(
        {
          name: 'lease',
          text: `INSERT INTO leases AS l (name, holder, until, fence) VALUES ($1, $2, $3, 1)
                 ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until, fence = l.fence + (l.until <= $4)::int
                 WHERE l.until <= $4 OR l.holder = excluded.holder
                 RETURNING name, holder, until, fence, state`,
        },
        [name, holder, after(at, forMs), at],
      );
      return rows[0] ? fromSql(rows[0]) : null;
    },

    async renew({ name, fence }, forMs, at) {
      const { rows } = await money.query(
        { name: 'lease renewed', text: 'UPDATE leases SET until = $3 WHERE name = $1 AND fence = $2 AND until > $4 RETURNING 1' },
        [name, fence, after(at, forMs), at],
      );
      return rows.length > 0;
    },

    async release({ name, fence }, at) {
      await money.query({ text: 'UPDATE leases SET until = $3 WHERE name = $1 AND fence = $2 AND until > $3' }, [name, fence, at]);
    },

    async write({ name, fence }, state) {
      const json = JSON.stringify(state);
      if (Buffer.byteLength(json) > STATE_BYTES) throw new RangeError(`the state of a lease has at most ${STATE_BYTES} bytes`);
      const { rows } = await money.query(
        { name: 'lease written', text: 'UPDATE leases SET state = $3 WHERE name = $1 AND fence = $2 RETURNING 1' },
        [name, fence, json],
      );
      return rows.length > 0;
    },

    async read(name) {
      const { rows } = await money.query<Row>(
        { name: 'lease read', text: 'SELECT name, holder, until, fence, state FROM leases WHERE name = $1' },
        [name],
      );
      return rows[0] ? fromSql(rows[0]) : null;
    },
  };
}

function after(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms);
}

interface Row {
  readonly name: string;
  readonly holder: string;
  readonly until: Date;
  readonly fence: string;
  readonly state: unknown;
}

function fromSql({ fence, ...row }: Row): Lease {
  return { ...row, fence: Number(fence) };
}

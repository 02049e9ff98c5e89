import { ok, warning, type Database, type Finding, type Patient } from './finding.ts';

/** A gateway is one trust domain, whatever it calls sessions and sandboxes; so who shares it is said each time. */
export async function sharing({ given }: Patient, { client }: Extract<Database, { state: 'open' }>): Promise<readonly Finding[]> {
  const { rows } = await client.query<{ many: string }>('SELECT count(*) AS many FROM teams');
  const teams = Number(rows[0]!.many);
  if (teams < 2) return [];
  const words = `${teams} teams share this gateway, which is one trust domain: an agent that works for one may reach the files of another`;
  if (given.OPENCLAW_SHARED_GATEWAY === 'accept') return [ok(`${words} (accepted by OPENCLAW_SHARED_GATEWAY)`)];
  return [warning(words, 'see “One gateway is one trust domain” in docs/operate.md, then set OPENCLAW_SHARED_GATEWAY')];
}

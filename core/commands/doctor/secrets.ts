import { settingNames, settings } from '#core/contracts/settings.ts';
import type { GivenSettings } from '#core/contracts/config-problem.ts';

/** Words of other programs may repeat what we gave them. */
export function withoutSecrets(given: GivenSettings, text: string): string {
  return secretsIn(given).reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
}

// The longest first, since one may hold another: an address holds its password.
function secretsIn(given: GivenSettings): string[] {
  const values = settingNames.flatMap((name) => (settings[name].secret ? (given[name] ?? '').split(',') : [])).map((value) => value.trim());
  const passwords = values.filter((value) => URL.canParse(value)).map((value) => new URL(value).password);
  return [...values, ...passwords, ...passwords.map(decodeURIComponent)]
    .filter((value) => value.length > 3 && value !== 'off')
    .toSorted((a, b) => b.length - a.length);
}

// Whether the app in Discord is the one that the settings say, and reaches us.

import { ok, warning, type Finding, type Patient } from './finding.ts';

export async function discord({ config, product }: Patient): Promise<Finding | readonly Finding[]> {
  if (config.discord.kind === 'off') return ok('off');
  if (config.discord.kind === 'sandbox') return ok('a sandbox, which starts with the product');
  const url = config.http.publicUrl ?? product?.url;
  if (url === undefined) return warning('the address that Discord calls is not known', 'set PUBLIC_URL');
  const { examineDiscord } = await import('#bots/discord/examine.ts');
  return examineDiscord(config.discord, url);
}

// Whether the app in Slack is the one that the settings say, and reaches us.

import { ok, warning, type Finding, type Patient } from './finding.ts';

export async function slack({ config, product }: Patient): Promise<Finding | readonly Finding[]> {
  if (config.slack.kind === 'off') return ok('off');
  if (config.slack.kind === 'sandbox') return ok('a sandbox, which starts with the product');
  const url = config.http.publicUrl ?? product?.url;
  if (url === undefined) return warning('the address that Slack calls is not known', 'set PUBLIC_URL');
  const { examineSlack } = await import('#bots/slack/examine.ts');
  return examineSlack(config.slack, url);
}

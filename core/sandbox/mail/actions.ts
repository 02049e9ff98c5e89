// The part of SES's Query API (2010-12-01) that the product needs, one function an action. What is not here is refused.

import type { Element } from '../aws/xml.ts';
import type { Box } from './box.ts';
import { addressesIn, readMessage } from './message.ts';
import { Problem } from './problem.ts';

export interface Call {
  readonly parameters: ReadonlyMap<string, string>;
  readonly box: Box;
  /** Addresses and domains that may send. */
  readonly identities: readonly string[];
  readonly region: string;
}

export interface Action {
  run(call: Call): Promise<Element>;
  readonly parameters: RegExp;
}

const VERSION = '2010-12-01';
const MOST_RECIPIENTS = 50;
const MOST_MESSAGE_BYTES = 10 * 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;
/** What a new account of AWS gets once it is out of the sandbox there. */
const MOST_A_DAY = 50_000;

const actions: Record<string, Action> = {
  SendRawEmail: { run: sendRawEmail, parameters: /^(Source|Destinations\.member\.\d+|RawMessage\.Data|Tags\.member\.\d+\.(Name|Value))$/ },
  GetSendQuota: { run: getSendQuota, parameters: /^$/ },
  GetIdentityVerificationAttributes: { run: getIdentityVerificationAttributes, parameters: /^Identities\.member\.\d+$/ },
};

export function actionFor(parameters: ReadonlyMap<string, string>): [name: string, action: Action] {
  const name = parameters.get('Action') ?? '';
  if (!Object.hasOwn(actions, name) || parameters.get('Version') !== VERSION)
    throw new Problem('InvalidAction', `Could not find operation ${name} for version ${parameters.get('Version') ?? ''}`);
  const action = actions[name]!;
  const unknown = [...parameters.keys()].find((each) => each !== 'Action' && each !== 'Version' && !action.parameters.test(each));
  if (unknown !== undefined) throw new Problem('ValidationError', `${unknown} is not implemented here`);
  return [name, action];
}

async function sendRawEmail({ parameters, box, identities, region }: Call): Promise<Element> {
  const raw = Buffer.from(parameters.get('RawMessage.Data') ?? '', 'base64');
  if (raw.length === 0) throw new Problem('ValidationError', 'RawMessage.Data must not be empty');
  if (raw.length > MOST_MESSAGE_BYTES)
    throw new Problem('InvalidParameterValue', `Message length is more than ${MOST_MESSAGE_BYTES} bytes long: '${raw.length}'.`);
  const message = readMessage(raw);
  const envelope = members(parameters, 'Destinations').flatMap(addressesIn);
  const to = envelope.length > 0 ? envelope : message.to;
  if (to.length === 0) throw new Problem('InvalidParameterValue', "Missing required header 'To'.");
  if (to.length > MOST_RECIPIENTS) throw new Problem('InvalidParameterValue', `Recipient count exceeds ${MOST_RECIPIENTS}.`);
  const source = addressesIn(parameters.get('Source') ?? message.from)[0] ?? '';
  for (const address of [source, message.from, ...to]) checkAddress(address);
  const strangers = [...new Set([source, message.from])].filter((address) => !isVerified(identities, address));
  if (strangers.length > 0) {
    throw new Problem(
      'MessageRejected',
      `Email address is not verified. The following identities failed the check in region ${region.toUpperCase()}: ${strangers.join(', ')}`,
    );
  }
  return { MessageId: await box.keep({ from: source, to, tags: tagsIn(parameters), raw: raw.toString('latin1') }) };
}

async function getSendQuota({ box }: Call): Promise<Element> {
  const since = Date.now() - DAY_MS;
  const sent = (await box.newest()).filter(({ at }) => Date.parse(at) > since).length;
  return { Max24HourSend: MOST_A_DAY, MaxSendRate: 14, SentLast24Hours: sent };
}

async function getIdentityVerificationAttributes({ parameters, identities }: Call): Promise<Element> {
  const known = members(parameters, 'Identities').filter((identity) => identities.includes(identity));
  return {
    VerificationAttributes: {
      entry: known.map((identity) => ({ key: identity, value: { VerificationStatus: 'Success' } })),
    },
  };
}

function members(parameters: ReadonlyMap<string, string>, list: string): string[] {
  return [...parameters].flatMap(([name, value]) => (name.startsWith(`${list}.member.`) ? [value] : []));
}

function tagsIn(parameters: ReadonlyMap<string, string>): Record<string, string> {
  const names = [...parameters].filter(([name]) => /^Tags\.member\.\d+\.Name$/.test(name));
  return Object.fromEntries(
    names.map(([place, name]) => {
      const value = parameters.get(place.replace(/Name$/, 'Value')) ?? '';
      if (![name, value].every((each) => /^[\w.@-]{1,256}$/.test(each)))
        throw new Problem('InvalidParameterValue', `Invalid tag <${name}>: only letters, digits, '-', '_', '.' and '@'`);
      return [name, value];
    }),
  );
}

function checkAddress(address: string): void {
  if (!address.includes('@')) throw new Problem('InvalidParameterValue', "Missing final '@domain'");
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  if (!/^[!-~]{1,64}$/.test(local) || /[<>()[\]\\,;:@"]/.test(local))
    throw new Problem('InvalidParameterValue', 'Local address contains control or whitespace');
  if (!/^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/i.test(domain) || address.length > 320)
    throw new Problem('InvalidParameterValue', 'Domain contains illegal character');
}

function isVerified(identities: readonly string[], address: string): boolean {
  const lower = address.toLowerCase();
  return identities.some((identity) => identity.toLowerCase() === lower || lower.endsWith(`@${identity.toLowerCase()}`));
}

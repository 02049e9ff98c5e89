// What Discord refuses of a message, besides what its published description says.

import { isRecord } from '#bots/stand-in/check.ts';
import type { Complaint } from '../no.ts';
import { flags as bits } from '../wire-message.ts';
import { componentComplaints, kinds, said } from './components.ts';

/** Though the description says 4,000. */
const mostContent = 2_000;
const mostRows = 5;
const mostFiles = 10;

export interface Around {
  /** Names of the files that the message has. */
  readonly files: readonly string[];
  /** It is drawn with components already, or not; null for a new one. */
  readonly before: { readonly isComponents: boolean; readonly hasContent: boolean } | null;
}

/** For whoever draws messages: what Discord would refuse, in words. Components name the files that `files` lists. */
export function checkMessage(body: Readonly<Record<string, unknown>>, files: readonly string[] = []): string[] {
  return messageComplaints(body, { files, before: null }).map(({ path, message }) => [...path, message].join('/'));
}

export function messageComplaints(body: Readonly<Record<string, unknown>>, { files, before }: Around): Complaint[] {
  const { content, components, embeds, flags = 0, poll, sticker_ids: stickers, allowed_mentions: mentions } = body;
  const isComponents = (Number(flags) & bits.components) !== 0 || before?.isComponents === true;
  const some = (value: unknown) => value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
  const legacy = Object.entries({ content, embeds, poll, sticker_ids: stickers }).filter(([, value]) => some(value));
  const top = Array.isArray(components) ? components.filter(isRecord) : [];
  return [
    ...(typeof content === 'string' && content.length > mostContent
      ? [said(['content'], 'BASE_TYPE_MAX_LENGTH', `Must be ${mostContent} or fewer in length.`)]
      : []),
    ...(isComponents
      ? legacy.map(([name]) =>
          said([name], 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', `${name} cannot be used with components of the second kind.`),
        )
      : []),
    ...(isComponents && before?.isComponents === false && before.hasContent && content !== null && content !== ''
      ? [said(['content'], 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', 'What it said before has to be taken away.')]
      : []),
    ...(!isComponents && top.some(({ type }) => type !== kinds.row)
      ? [said(['components'], 'UNION_TYPE_CHOICES', 'Without the flag for components there are rows alone.')]
      : []),
    ...(!isComponents && top.length > mostRows ? [said(['components'], 'BASE_TYPE_BAD_LENGTH', `At most ${mostRows} rows.`)] : []),
    ...(files.length > mostFiles ? [said(['attachments'], 'BASE_TYPE_MAX_LENGTH', `At most ${mostFiles} files.`)] : []),
    ...componentComplaints(components, files),
    ...mentionComplaints(mentions),
  ];
}

/** An edit says no more than that components are drawn and that links have no previews (docs, Edit Message). */
export function editFlags({ flags = 0 }: Readonly<Record<string, unknown>>): Complaint[] {
  const others = Number(flags) & ~(bits.components | bits.noPreviews);
  return others === 0 ? [] : [said(['flags'], 'MESSAGE_FLAGS_INVALID', `An edit cannot set the flags ${others}.`)];
}

/** Who is listed is not also all. */
function mentionComplaints(mentions: unknown): Complaint[] {
  if (!isRecord(mentions) || !Array.isArray(mentions['parse'])) return [];
  const { parse } = mentions as { parse: unknown[] };
  return (['users', 'roles'] as const)
    .filter((name) => parse.includes(name) && Array.isArray(mentions[name]) && mentions[name].length > 0)
    .map((name) => said(['allowed_mentions', name], 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', `parse and ${name} exclude each other.`));
}

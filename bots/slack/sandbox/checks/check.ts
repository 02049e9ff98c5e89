// Checks in Slack's words.

import { checksIn } from '#bots/stand-in/check.ts';

export { anything, both, isRecord, type Check, type Trouble } from '#bots/stand-in/check.ts';

export const { shape, kinds, text, list, oneOf, int, number, url, bool } = checksIn(
  {
    notObject: 'must be an object',
    notList: 'must be an array',
    notText: 'must be a string',
    notNumber: 'must be a number',
    notUrl: 'must be a valid URL',
    controls: 'must not contain control characters',
    missing: (field) => `missing required field: ${field}`,
    unknown: (field) => `invalid additional property: ${field}`,
    unknownKind: (kind) => `unsupported type: ${kind}`,
    tooShort: (least) => `must be more than ${least - 1} characters`,
    tooLong: (most) => `must be less than ${most + 1} characters`,
    tooFew: (least) => `no less than ${least} items allowed`,
    tooMany: (most) => `no more than ${most} items allowed`,
    notOneOf: (words) => `must be one of: ${words.join(', ')}`,
    notBetween: (least, most) => `must be an integer from ${least} to ${most}`,
  },
  { kind: 'string', urlMost: 3000 },
);

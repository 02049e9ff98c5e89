// Mails through SES, or through whatever speaks its language. They go as whole messages (SendRawEmail), because only those
// carry headers of ours, and with their one recipient in the envelope, so that no header can add another. The SDK repeats
// nothing: whether a mail may be sent again is not for it to know.

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import {
  GetIdentityVerificationAttributesCommand,
  GetSendQuotaCommand,
  SendRawEmailCommand,
  SESClient,
  SESServiceException,
} from '@aws-sdk/client-ses';
import { MailError, type Mailer } from '#core/ports/mail.ts';
import { isPlainAddress, rawMessage } from './message.ts';

export interface SesSettings {
  readonly from: string;
  /** Shown in the place of the address. */
  readonly name: string;
  readonly region: string;
  /** Empty for AWS itself. */
  readonly endpoint?: string;
  /** Empty to take them from the environment, as AWS does. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
}

const CONNECT_WITHIN_MS = 3_000;
const ANSWER_WITHIN_MS = 10_000;
/** A day's quota comes back little by little. */
const QUOTA_WAIT_MS = 15 * 60_000;

export function createSes({ from, name, region, endpoint, credentials }: SesSettings): Mailer {
  const client = new SESClient({
    region,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
    maxAttempts: 1,
    // It would tell the console what we tell the caller.
    logger: silence,
    // Each call has a connection of its own: one that was kept open may be closed just as it is used again, and a mail that
    // never left could then not be told from one whose answer was lost.
    requestHandler: {
      connectionTimeout: CONNECT_WITHIN_MS,
      httpAgent: new HttpAgent({ keepAlive: false }),
      httpsAgent: new HttpsAgent({ keepAlive: false }),
    },
  });

  return {
    async send(mail, signal) {
      if (!isPlainAddress(mail.to)) throw new MailError('never', 'address', 'this is no address that mail can be sent to');
      const command = new SendRawEmailCommand({
        Source: from,
        Destinations: [mail.to],
        RawMessage: { Data: rawMessage(mail, { address: from, name }) },
        Tags: [{ Name: 'kind', Value: mail.kind }],
      });
      const { MessageId } = await within(signal, (stop) => client.send(command, { abortSignal: stop }));
      if (MessageId === undefined) throw new MailError('unknown', 'answer', 'the mail service answered without an id');
      return { messageId: MessageId };
    },

    async check(signal) {
      const domain = from.split('@')[1]!;
      const [quota, { VerificationAttributes = {} }] = await within(signal, (stop) =>
        Promise.all([
          client.send(new GetSendQuotaCommand({}), { abortSignal: stop }),
          client.send(new GetIdentityVerificationAttributesCommand({ Identities: [from, domain] }), { abortSignal: stop }),
        ]),
      );
      const isVerified = [from, domain].some((identity) => VerificationAttributes[identity]?.VerificationStatus === 'Success');
      if (!isVerified) throw new MailError('later', 'identity', `neither ${from} nor ${domain} is a verified identity of SES in ${region}`);
      return { from, sent: quota.SentLast24Hours ?? 0, most: quota.Max24HourSend ?? 0 };
    },

    close: () => client.destroy(),
  };
}

const silence = { debug() {}, info() {}, warn() {}, error() {} };

async function within<T>(signal: AbortSignal | undefined, call: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    return await call(signal === undefined ? deadline : AbortSignal.any([signal, deadline]));
  } catch (error) {
    if (deadline.aborted) throw new MailError('unknown', 'timeout', `the mail service did not answer within ${ANSWER_WITHIN_MS / 1000} s`);
    throw mailError(error);
  }
}

// The SDK's errors carry whole requests, and those carry links, so only names and SES's own sentence go on.
function mailError(error: unknown): MailError {
  if (error instanceof SESServiceException) return refusedBy(error);
  const { name, code = name } = error as NodeJS.ErrnoException;
  return neverLeft(error as NodeJS.ErrnoException)
    ? new MailError('later', code, `the mail service could not be reached (${code})`)
    : new MailError('unknown', code, `the mail service did not answer (${code})`);
}

function refusedBy({
  name: code,
  message,
  $metadata: { httpStatusCode: status = 0, requestId = 'unknown' },
}: SESServiceException): MailError {
  const words = `the mail service answered ${code} (${status}, request ${requestId}): ${message}`;
  // A gateway in between, or SES in trouble: it may have been taken before that.
  if (status >= 500 && status !== 503) return new MailError('unknown', code, words);
  if (/quota exceeded/.test(message)) return new MailError('later', code, words, { retryAfterMs: QUOTA_WAIT_MS });
  // Only what is wrong with the mail itself stays wrong. Keys, identities and paused accounts are mended by the operator.
  const isTheMail = forGood.has(code) && !/not verified/.test(message);
  return new MailError(isTheMail ? 'never' : 'later', code, words);
}

const forGood = new Set(['MessageRejected', 'InvalidParameterValue', 'ValidationError']);

/** There was nobody to speak to, or we had no keys to speak with. */
function neverLeft({ name, code = '', syscall, message }: NodeJS.ErrnoException): boolean {
  return (
    syscall === 'connect' ||
    syscall === 'getaddrinfo' ||
    /CERT|LEAF_SIGNATURE/.test(code) ||
    name === 'CredentialsProviderError' ||
    message.includes('did not establish a connection')
  );
}

// What went wrong at Stripe, as whoever called gets it. The SDK's errors carry whole requests and answers, with addresses and
// parts of keys in them, so only names, numbers and the parameter's name go on.

import { PaymentsError } from '#core/ports/payments.ts';

/** What we read of the SDK's errors, which are known by `type`. */
interface SdkError extends Error {
  readonly type?: unknown;
  readonly code?: unknown;
  readonly param?: unknown;
  readonly statusCode?: unknown;
  readonly requestId?: unknown;
  readonly detail?: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** A PaymentsError as it is; what is no error of the SDK, a bug of ours, goes on as it is too. */
export function paymentsError(error: unknown): PaymentsError {
  if (error instanceof PaymentsError) return error;
  if (!(error instanceof Error) || !/^Stripe\w*Error$/.test(String((error as SdkError).type))) throw error;
  const sdk: SdkError = error;
  switch (sdk.type) {
    case 'StripeConnectionError':
      return unconnected(sdk);
    case 'StripeRateLimitError':
      return told('later', sdk);
    case 'StripeAPIError':
      // 409: somebody else is at it with the same key, or with the same object.
      return told(sdk.statusCode === 409 ? 'later' : 'unknown', sdk);
    case 'StripeInvalidRequestError':
    case 'StripeIdempotencyError':
    case 'StripeCardError':
      return told('refused', sdk);
    // It says nothing of what was asked: a key that was revoked or has too few rights is mended, and then it is done.
    case 'StripeAuthenticationError':
    case 'StripePermissionError':
      return told('later', sdk, { ofKey: true });
    default:
      return told('unknown', sdk);
  }
}

function told(
  kind: PaymentsError['kind'],
  { type, code, param, statusCode, requestId, headers }: SdkError,
  more: { readonly ofKey?: boolean } = {},
): PaymentsError {
  const name = code === 'resource_missing' && param === 'customer' ? 'unknown-customer' : (word(code) ?? word(type) ?? 'unknown');
  const about = word(param) === null ? '' : ` about ${word(param)}`;
  const retryAfterMs = seconds(headers?.['retry-after']);
  return new PaymentsError(
    kind,
    name,
    `Stripe answered ${name}${about} (${typeof statusCode === 'number' ? statusCode : 'no status'}, request ${word(requestId) ?? 'unknown'})`,
    { ...(retryAfterMs !== null && { retryAfterMs }), ...more },
  );
}

/** Whether it left tells whether it may have been done. */
function unconnected({ detail }: SdkError): PaymentsError {
  const { code, syscall } = (detail instanceof Error ? detail : {}) as NodeJS.ErrnoException;
  const name = word(code) ?? 'connection';
  const neverLeft = syscall === 'connect' || syscall === 'getaddrinfo' || /CERT|LEAF_SIGNATURE/.test(name);
  return neverLeft
    ? new PaymentsError('later', name, `Stripe could not be reached (${name})`)
    : new PaymentsError('unknown', name, `Stripe did not answer (${name})`);
}

/** Names of codes and parameters; anything else could be what somebody typed. */
function word(value: unknown): string | null {
  return typeof value === 'string' && /^[\w.[\]-]{1,100}$/.test(value) ? value : null;
}

const WAIT_MOST_S = 3600;

function seconds(value: unknown): number | null {
  const number = typeof value === 'string' ? Number(value) : Number.NaN;
  return number > 0 ? Math.min(number, WAIT_MOST_S) * 1000 : null;
}

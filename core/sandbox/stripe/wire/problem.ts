// What Stripe answers when it does not do what was asked for. A Problem is thrown before anything was done; what was tried and
// declined is an answer of its own (`Refused`), because it leaves traces and is repeated by its idempotency key.

export interface ErrorFacts {
  readonly type: 'invalid_request_error' | 'api_error' | 'card_error' | 'idempotency_error';
  readonly message: string;
  readonly code?: string;
  readonly param?: string;
  readonly decline_code?: string;
  readonly charge?: string;
  readonly payment_intent?: object;
  readonly payment_method?: object;
}

export class Problem extends Error {
  readonly status: number;
  readonly facts: ErrorFacts;

  constructor(status: number, facts: ErrorFacts) {
    super(facts.message);
    this.name = 'Problem';
    this.status = status;
    this.facts = facts;
  }
}

/** An answer that is an error, and is kept. */
export class Refused {
  readonly status: number;
  readonly facts: ErrorFacts;

  constructor(status: number, facts: ErrorFacts) {
    this.status = status;
    this.facts = facts;
  }
}

/** 400: the request is wrong. */
export function invalid(message: string, more: { code?: string; param?: string } = {}): Problem {
  return new Problem(400, { type: 'invalid_request_error', message, ...more });
}

/** 404 where the address names it; 400 where a parameter does. */
export function noSuch(what: string, id: string, param?: string): Problem {
  return new Problem(param === undefined ? 404 : 400, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    param: param ?? 'id',
    message: `No such ${what}: '${id}'`,
  });
}

export function unknownRoute(method: string, path: string): Problem {
  return new Problem(404, {
    type: 'invalid_request_error',
    message: `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
  });
}

export function failure(): Problem {
  return new Problem(500, { type: 'api_error', message: 'An unknown error occurred' });
}

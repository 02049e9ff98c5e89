// How a call ends that was not answered with success, and Discord's codes that mean something to us (docs, Opcodes and Status Codes).

/** Discord refused. */
export class DiscordNo extends Error {
  readonly status: number;
  /** Discord's own code; 0 where it gave none. */
  readonly code: number;
  readonly retryAfterMs: number | null;
  readonly scope: 'user' | 'global' | 'shared' | null;

  constructor(
    message: string,
    {
      status,
      code,
      retryAfterMs = null,
      scope = null,
    }: Pick<DiscordNo, 'status' | 'code'> & Partial<Pick<DiscordNo, 'retryAfterMs' | 'scope'>>,
  ) {
    super(message);
    this.name = 'DiscordNo';
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.scope = scope;
  }
}

/** Discord did not answer, or not in its own words. */
export class DiscordAway extends Error {
  /** It never reached Discord. */
  readonly surelyNotDone: boolean;

  constructor(message: string, surelyNotDone: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DiscordAway';
    this.surelyNotDone = surelyNotDone;
  }
}

export const codes = {
  unknownChannel: 10003,
  unknownMessage: 10008,
  unknownUser: 10013,
  unknownWebhook: 10015,
  unknownInteraction: 10062,
  slowMode: 20016,
  channelWrites: 20028,
  oldEdits: 30046,
  tooLarge: 40005,
  answeredAlready: 40060,
  followUpsOver: 40094,
  noAccess: 50001,
  cannotMessageUser: 50007,
  noPermission: 50013,
  notOnThisChannel: 50024,
  tokenOver: 50027,
  invalidForm: 50035,
  threadArchived: 50083,
  overloaded: 130000,
  noHistory: 160002,
  threadExists: 160004,
  threadLocked: 160005,
  tooManyThreads: 160006,
  autoMod: 200000,
  autoModTitle: 200001,
} as const;

export function isNo(error: unknown, ...some: readonly number[]): error is DiscordNo {
  return error instanceof DiscordNo && some.includes(error.code);
}

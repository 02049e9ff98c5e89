// Prisma as the login engine gets it. Whoever it makes a user for gets their team and wallet in the same transaction, so
// that nobody is ever there without one; and ids that it makes of something else become ids of ours.

import { Prisma, type PrismaClient } from '#prisma/generated/client.ts';
import { isId, newId } from '#core/domain/ids.ts';

type Client = Prisma.TransactionClient;

interface Options {
  now(): Date;
  /** When whoever gets a session now last showed who they are. */
  confirmedAt(): Date;
  /** The error to throw when the mail address belongs to somebody, who may have come a moment earlier. */
  mailTaken(): Error;
}

export function prismaForLogins(prisma: PrismaClient, { now, confirmedAt, mailTaken }: Options): PrismaClient {
  async function createUser(client: Client, args: Prisma.UserCreateArgs) {
    const user = await orTaken(client.user.create(args));
    await client.$queryRaw`SELECT make_home(${user.id}::uuid, ${newId()}::uuid, ${newId()}::uuid, ${newId()}::uuid, ${now()}::timestamptz)::text`;
    return user;
  }

  const orTaken = <T>(work: Promise<T>) =>
    work.catch((error: unknown) => {
      throw isMailTaken(error) ? mailTaken() : error;
    });

  const tablesOf = (client: Client, create: (args: Prisma.UserCreateArgs) => Promise<unknown>) => ({
    user: instead(client.user, { create, update: (args: Prisma.UserUpdateArgs) => orTaken(client.user.update(args)) }),
    session: instead(client.session, {
      create: (args: Prisma.SessionCreateArgs) =>
        client.session.create({ ...args, data: { ...args.data, confirmedAt: confirmedAt() } as never }),
    }),
    verification: instead(client.verification, {
      create: (args: Prisma.VerificationCreateArgs) => client.verification.create({ ...args, data: withId(args.data) }),
      findFirst: (args: Prisma.VerificationFindFirstArgs) => client.verification.findFirst({ ...args, where: withId(args.where ?? {}) }),
    }),
  });

  const inTransaction = (client: Client): Client =>
    instead(
      client,
      tablesOf(client, (args) => createUser(client, args)),
    );

  return instead(prisma, {
    ...tablesOf(prisma, (args) => prisma.$transaction((client) => createUser(client, args), patience)),
    $transaction: <T>(work: (client: Client) => Promise<T>) => prisma.$transaction((client) => work(inTransaction(client)), patience),
  });
}

// A password is hashed inside, which takes a while on a machine that has much to do.
const patience = { maxWait: 10_000, timeout: 20_000 };

/** The same thing, with some of its parts exchanged. */
function instead<T extends object>(thing: T, parts: object): T {
  return new Proxy(thing, { get: (target, name) => Reflect.get(name in parts ? parts : target, name) as unknown });
}

function isMailTaken(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}

/** What may happen once has a digest for an id, so that the second row is refused; ours are UUIDs. */
function withId<T>(args: T): T {
  if (typeof args !== 'object' || args === null || !('id' in args)) return args;
  const { id } = args;
  if (typeof id === 'string') return { ...args, id: uuidOf(id) };
  if (typeof id === 'object' && id !== null && 'equals' in id && typeof id.equals === 'string')
    return { ...args, id: { equals: uuidOf(id.equals) } };
  return args;
}

function uuidOf(id: string): string {
  if (isId(id)) return id;
  const hex = Buffer.from(id, 'base64url').subarray(0, 16).toString('hex').padEnd(32, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

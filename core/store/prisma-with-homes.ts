// Prisma as the login engine gets it: whoever it makes a user for gets their team and wallet in the same transaction, so
// that nobody is ever there without one.

import { Prisma, type PrismaClient } from '#prisma/generated/client.ts';
import { newId } from '#core/domain/ids.ts';

type Client = Prisma.TransactionClient;

/** `mailTaken` makes the error to throw when the mail address belongs to somebody, who may have come a moment earlier. */
export function prismaWithHomes(prisma: PrismaClient, options: { now(): Date; mailTaken(): Error }): PrismaClient {
  const { now, mailTaken } = options;

  async function createUser(client: Client, args: Prisma.UserCreateArgs) {
    const user = await withMailOf(client.user.create(args));
    await client.$queryRaw`SELECT make_home(${user.id}::uuid, ${newId()}::uuid, ${newId()}::uuid, ${newId()}::uuid, ${now()}::timestamptz)::text`;
    return user;
  }

  const withMailOf = <T>(work: Promise<T>) =>
    work.catch((error: unknown) => {
      throw isMailTaken(error) ? mailTaken() : error;
    });

  const inTransaction = (client: Client): Client =>
    instead(client, {
      user: instead(client.user, {
        create: (args: Prisma.UserCreateArgs) => createUser(client, args),
        update: (args: Prisma.UserUpdateArgs) => withMailOf(client.user.update(args)),
      }),
    });

  return instead(prisma, {
    user: instead(prisma.user, {
      create: (args: Prisma.UserCreateArgs) => prisma.$transaction((client) => createUser(client, args)),
      update: (args: Prisma.UserUpdateArgs) => withMailOf(prisma.user.update(args)),
    }),
    $transaction: <T>(work: (client: Client) => Promise<T>) => prisma.$transaction((client) => work(inTransaction(client))),
  });
}

/** The same thing, with some of its parts exchanged. */
function instead<T extends object>(thing: T, parts: object): T {
  return new Proxy(thing, { get: (target, name) => Reflect.get(name in parts ? parts : target, name) as unknown });
}

function isMailTaken(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}

import { createServer, type AddressInfo } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { PrismaClient } from '#prisma/generated/client.ts';
import { newId } from '#core/domain/ids.ts';
import { plainError } from '#core/engines/auth/log/auth-log.ts';
import { createTestDatabase, type TestDatabase } from '#core/testing/runner/database.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { raising } from '#core/testing/faults/raising.ts';
import { openMoney } from './money.ts';
import { DatabaseUnavailable, isAway, isFromDatabase } from './outage.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const outages = [
  ['the disk is full', '53100'],
  ['there is no memory left', '53200'],
  ['there are too many connections', '53300'],
  ['a limit of the server is reached', '53400'],
  ['a disk cannot be read', '58030'],
  ['a file of the server is missing', '58P01'],
  ['the server is told to only read', '25006'],
  ['the server shuts down', '57P01'],
  ['a statement takes too long', '57014'],
  ['another transaction goes first', '40001'],
] as const;
const faults = [
  ['data is damaged', 'XX001'],
  ['a table is missing', '42P01'],
  ['a rule is broken', '23514'],
  ['a statement is too complex', '54001'],
] as const;

test.each(outages)('when %s (%s), people are told to try again, and nothing was done', async (_, state) => {
  await raising(database.url, 'users', state);
  const money = openMoney(database.url, quietLog);
  onTestFinished(money.close);
  const insert = `INSERT INTO users (id, name, email, updated_at) VALUES ('${newId()}', 'Ada', 'ada@example.com', now())`;
  for (const ask of [() => money.query({ text: insert }, []), () => money.transaction((client) => client.query(insert))]) {
    const error = await ask().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(DatabaseUnavailable);
    expect(error).toMatchObject({ mayBeDone: false });
  }
  expect(plainError(await prismaError())).toMatchObject({ code: 'database.unavailable' });
});

test.each(faults)('when %s (%s), that is no outage, but it is known to come from the database', async (_, state) => {
  await raising(database.url, 'users', state);
  const error = await prismaError();
  expect([isAway(error), isFromDatabase(error)]).toEqual([false, true]);
  expect(plainError(error)).not.toMatchObject({ code: 'database.unavailable' });
});

test.each([
  ['nobody listens', () => 'postgres://nobody@127.0.0.1:1/nothing'],
  ['the database is not there', () => database.url.replace(/\/\w+$/, '/nothing')],
  ['the password is not the right one', () => database.url.replace(/:[^:@/]+@/, ':wrong@')],
])('when %s, nothing can be asked, whatever the reason', async (_, url) => {
  const money = openMoney(url(), quietLog);
  onTestFinished(money.close);
  await expect(money.query({ text: 'SELECT 1' }, [])).rejects.toMatchObject({ code: 'database.unavailable', mayBeDone: false });
  expect(isAway(await prismaError(url()))).toBe(true);
});

test('an error of ours is not one of the database', () => {
  expect(isFromDatabase(new TypeError('cannot read properties of undefined'))).toBe(false);
  const storage = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  expect(isFromDatabase(new Error('storage could not be reached', { cause: storage }))).toBe(false);
});

test('an error that the server gave while somebody else had the connection tells the same', async () => {
  const client = new pg.Client(database.url);
  await client.connect();
  const error = await client.query(`DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '58030'; END $$`).catch((thrown: unknown) => thrown);
  await client.end();
  expect([isAway(error), isAway(new Error('it failed', { cause: error })), isAway(new AggregateError([error]))]).toEqual([
    true,
    true,
    true,
  ]);
});

async function prismaError(url = database.url): Promise<Error> {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 1 }) });
  const data = { id: newId<never>(), name: 'Ada', email: 'ada@example.com' };
  const error = await prisma.user.create({ data }).then(
    () => new Error('it was made'),
    (thrown: Error) => thrown,
  );
  await prisma.$disconnect();
  return error;
}

test('a connection that the server ends in the moment in which it is handed over ends its statement, and not the process', async () => {
  const message = (type: string, body: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(4 + body.length);
    return Buffer.concat([Buffer.from(type), length, body]);
  };
  const welcome = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]);
  const goodbye = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'));
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    // In one packet.
    socket.once('data', () => socket.end(Buffer.concat([welcome, goodbye])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const money = openMoney(`postgresql://ada@127.0.0.1:${(server.address() as AddressInfo).port}/any`, quietLog);
  onTestFinished(async () => {
    await money.close();
    server.close();
  });
  await expect(money.query({ text: 'SELECT 1' }, [])).rejects.toBeInstanceOf(DatabaseUnavailable);
});

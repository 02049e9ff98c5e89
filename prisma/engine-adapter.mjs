// Prisma's own PostgreSQL adapter, with what the schema engine needs beyond an application's queries.
import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';

export class MigrationAdapter extends PrismaPg {
  #open = [];

  constructor(url) {
    super(settingsOf(url), { schema: url.searchParams.get('schema') ?? undefined });
  }

  async connect() {
    const adapter = readCatalogue(runWholeScripts(await super.connect()));
    this.#open.push(adapter);
    return adapter;
  }

  /** Ends what `connect` began. A connection left to its idle time would keep the migration lock, and the next request waiting. */
  async disconnect() {
    await Promise.all(this.#open.splice(0).map((adapter) => adapter.dispose()));
  }

  /** A database for a moment, in which the engine replays the migrations. It must never be the real one. */
  async connectToShadowDb() {
    const database = `prisma_migrate_shadow_db_${randomUUID()}`;
    await this.#administer(`CREATE DATABASE "${database}"`);
    const adapter = readCatalogue(runWholeScripts(await new PrismaPg({ ...this.config, database }, this.options).connect()));
    const dispose = adapter.dispose.bind(adapter);
    adapter.dispose = async () => {
      await dispose();
      await this.#administer(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
    };
    return adapter;
  }

  async #administer(sql) {
    const client = new pg.Client(this.config);
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
}

/**
 * The parts of a connection string, one by one. As a whole, pg would let it win over a `database` given beside it, and what
 * is meant for a shadow database would reach the real one.
 */
export function settingsOf(url) {
  const { host, port, user, password, database, ssl } = new pg.Client({ connectionString: url.href });
  return { host, port, user, password, database, ssl };
}

// The adapter splits a script at its semicolons, also inside a function body. Whole, it is also one transaction.
function runWholeScripts(adapter) {
  adapter.executeScript = async (script) => {
    try {
      await adapter.client.query(script);
    } catch (error) {
      adapter.onError(error);
    }
  };
  return adapter;
}

// The catalogue's own types, by their numbers there: "char" and name, and arrays of each. The adapter does not know them.
const charType = 18;
const text = 25;
const textArray = 1009;
const readAs = new Map([
  [charType, text],
  [19, text],
  [1002, textArray],
  [1003, textArray],
]);

function readCatalogue(adapter) {
  const performIO = adapter.performIO.bind(adapter);
  const queryRaw = adapter.queryRaw.bind(adapter);
  const charColumns = new WeakMap();

  adapter.performIO = async (query) => {
    const result = await performIO(query);
    charColumns.set(
      result.rows,
      result.fields.map((field) => field.dataTypeID === charType),
    );
    for (const field of result.fields) field.dataTypeID = readAs.get(field.dataTypeID) ?? field.dataTypeID;
    return result;
  };

  // As text it can be read; the engine still wants to hear that it is a single character.
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    const isChar = charColumns.get(result.rows) ?? [];
    return { ...result, columnTypes: result.columnTypes.map((type, column) => (isChar[column] ? ColumnTypeEnum.Character : type)) };
  };
  return adapter;
}

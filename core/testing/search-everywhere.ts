// Looks for words in every column of every table that PostgreSQL has, whatever its type and whoever made it.

import type { Money } from '#core/store/database/money.ts';

/** `schema.table.column: word` for each word that stands anywhere, in whichever case. */
export async function searchEverywhere({ query }: Pick<Money, 'query'>, words: readonly string[]): Promise<string[]> {
  const { rows: columns } = await query<{ table: string; column: string }>(
    {
      text: `SELECT format('%I.%I', c.table_schema, c.table_name) AS table, c.column_name AS column FROM information_schema.columns c
             JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE'
             WHERE c.table_schema NOT IN ('pg_catalog', 'information_schema')
               AND (c.data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'bytea', 'uuid', 'xml', 'ARRAY', 'USER-DEFINED') OR c.data_type LIKE 'char%')
             ORDER BY 1, 2`,
    },
    [],
  );
  const found: string[] = [];
  for (const { table, column } of columns) {
    // Bytes are read as what they spell, so that a word in them is found too.
    const cell = `CASE WHEN pg_typeof("${column}") = 'bytea'::regtype THEN encode("${column}"::text::bytea, 'escape') ELSE "${column}"::text END`;
    const { rows } = await query<{ word: string }>(
      {
        text: `SELECT w.word FROM unnest($1::text[]) AS w (word) WHERE EXISTS (SELECT FROM ${table} WHERE position(lower(w.word) IN lower(${cell})) > 0)`,
      },
      [words],
    );
    found.push(...rows.map(({ word }) => `${table}.${column}: ${word}`));
  }
  return found;
}

/** How PostgreSQL writes `column IN ('a', 'b')` back, of which there are two spellings with the same meaning. */
const ONE_OF = /\((\w+)\)::text = ANY \(\(?ARRAY\[([^\]]*)\]\)?(?:::text\[\])?\)/g;

/** Rules as a person would write them, and the same whichever way they came about. */
export function readableSql(sql: string): string {
  return sql.replace(ONE_OF, (_whole, column: string, items: string) => {
    return `${column} IN (${[...items.matchAll(/'(?:[^']|'')*'/g)].join(', ')})`;
  });
}

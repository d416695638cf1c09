/** Tables of the schema, but not TypeORM's own and not the partitions of a period, which depend on today's date. */
export const tablesSql = `
  SELECT t.oid, t.relname AS name, t.reloptions AS options, parent.relname AS parent,
         pg_get_partkeydef(t.oid) AS partition_key, pg_get_expr(t.relpartbound, t.oid) AS bound
  FROM pg_class t
  LEFT JOIN pg_inherits i ON i.inhrelid = t.oid
  LEFT JOIN pg_class parent ON parent.oid = i.inhparent
  WHERE t.relnamespace = 'public'::regnamespace
    AND t.relkind IN ('r', 'p')
    AND t.relname <> 'migrations'
    AND coalesce(pg_get_expr(t.relpartbound, t.oid), '') NOT LIKE 'FOR VALUES FROM%'
  ORDER BY coalesce(parent.relname, t.relname), parent.relname NULLS FIRST, t.relname`;

/** $1: a table's oid. Its columns in order. */
export const columnsSql = `
  SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required,
         pg_get_expr(d.adbin, d.adrelid) AS default, a.attidentity AS identity, a.attgenerated AS generated
  FROM pg_attribute a
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attnum`;

/**
 * $1: a table's oid. Its constraints but for foreign keys; NOT NULL, which is one of them since PostgreSQL 18, stands
 * with the column.
 */
export const constraintsSql = `
  SELECT conname AS name, pg_get_constraintdef(oid) AS definition
  FROM pg_constraint
  WHERE conrelid = $1 AND contype NOT IN ('n', 'f') AND conparentid = 0
  ORDER BY contype = 'p' DESC, conname`;

/** Foreign keys of all tables: last, because the tables stand in the order of their names. */
export const foreignKeysSql = `
  SELECT format('ALTER TABLE %s ADD CONSTRAINT %s %s', t.relname, c.conname, pg_get_constraintdef(c.oid)) AS definition
  FROM pg_constraint c
  JOIN pg_class t ON t.oid = c.conrelid
  WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND c.conparentid = 0
  ORDER BY t.relname, c.conname`;

/** $1: a table's oid. The indexes that do not come with a constraint. */
export const indexesSql = `
  SELECT pg_get_indexdef(i.indexrelid) AS definition
  FROM pg_index i
  JOIN pg_class x ON x.oid = i.indexrelid
  WHERE i.indrelid = $1 AND NOT x.relispartition
    AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.conrelid = $1)
  ORDER BY x.relname`;

/** $1: a table's oid. Its triggers, but not those that PostgreSQL makes for foreign keys. */
export const triggersSql = `
  SELECT pg_get_triggerdef(oid) AS definition
  FROM pg_trigger WHERE tgrelid = $1 AND NOT tgisinternal AND tgparentid = 0
  ORDER BY tgname`;

/** Functions of the schema. */
export const functionsSql = `
  SELECT pg_get_functiondef(oid) AS definition
  FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')
  ORDER BY proname`;

/** The schema of a workflow's input as it is committed now. $1 workflow, $2 owner. */
export const inputSchemaSql = `
SELECT version, (config->'input_schema')::text AS schema FROM workflows
WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL`;

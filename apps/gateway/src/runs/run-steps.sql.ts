/** Where the journal of one run of a user is, and the steps of the version it is pinned to. */
export const runDefinitionSql = `
SELECT r.retention, v.steps
FROM workflow_runs r
LEFT JOIN workflow_versions v ON v.workflow_id = r.workflow_id AND v.version = r.version
WHERE r.user_id = $2 AND r.id = $1`;

/** The journal of one run, oldest batch first. */
export const journalSql = 'SELECT entries FROM run_journal WHERE retention = $1 AND run_id = $2 ORDER BY seq';

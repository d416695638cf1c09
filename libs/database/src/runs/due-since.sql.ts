/**
 * Since when a run counts as due that is accepted now. A step of `config.limits.priority` is worth a minute: the owner's runs
 * begin in the order of this time, so that whatever waits gets its turn.
 * @param workflow the alias of a row of `workflows` in the statement, never a value
 */
export function dueSince(workflow: string): string {
  return `now() - coalesce((${workflow}.config #>> '{limits,priority}')::int, 0) * interval '1 minute'`;
}

/** A node of what EXPLAIN (ANALYZE, FORMAT JSON) says. */
export interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Cond'?: string;
  'Recheck Cond'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

/** A plan and everything below it. */
export function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** Most rows that one node of the plan reads of a table. */
export function rowsReadOf(plan: PlanNode, table: string): number {
  const read = (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops'];
  const below = (plan.Plans ?? []).map((node) => rowsReadOf(node, table));
  return Math.max(plan['Relation Name'] === table ? read : 0, ...below);
}

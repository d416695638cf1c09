const WANTED = /^(redis|lib|lua)/;

/**
 * The packages to unpack for `roots`, from the output of `apt-cache depends --recurse`: those reached over
 * dependencies on libraries. What only an installation needs (users, init scripts, perl) is left out.
 */
export function packageClosure(roots: readonly string[], depends: string): string[] {
  const graph = parse(depends);
  const reached = new Set<string>();
  const visit = (name: string): void => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const next of graph.get(name) ?? []) if (WANTED.test(next)) visit(next);
  };
  roots.forEach(visit);
  return [...reached];
}

function parse(depends: string): Map<string, string[]> {
  const graph = new Map<string, string[]>();
  let edges: string[] = [];
  for (const line of depends.split('\n')) {
    const relation = /^ [ |](?:Pre)?Depends: (\S+)$/.exec(line);
    if (relation?.[1] !== undefined) edges.push(relation[1]);
    else if (/^\S+$/.test(line)) graph.set(line, (edges = []));
  }
  return graph;
}

import { proofSeed } from '../chaos/support/chance.js';
import { seededRandom } from '@app/definition';

/** Values that no rule may stumble over, wherever they stand. */
const odd: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  -0,
  '',
  ' ',
  'a',
  '{{',
  '}}',
  '{{ ( }}',
  '{{ }}',
  '{{ input }}',
  '$',
  '(',
  'steps.a.output',
  'secrets',
  '/(a+)+$/',
  '$f:=function($x){$f($x)}',
  'é\u202e',
  '\\',
  '__proto__',
  'constructor',
  'x'.repeat(70_000),
  '['.repeat(500),
  '* * * * *',
  '0 0 30 2 *',
  'UTC',
  [],
  {},
  [[]],
  [{}],
  [null],
  { a: { b: [] } },
  { length: 5 },
  { toString: 1 },
  { constructor: 1 },
  { $ref: '#' },
  { type: 'transform' },
  { config: {} },
  { steps: [] },
];
const names = [
  'id',
  'type',
  'config',
  'steps',
  'if',
  'retry',
  'probe',
  'trigger',
  'cases',
  'branches',
  'toString',
  '0',
  '',
];

type Node = Record<string, unknown> | unknown[];

/**
 * Makes a definition that may be wrong out of one that is right. The same number makes the same one with the same seed
 * (PROOF_SEED).
 * @param valid what is mutated: copies of these
 */
export function mutatedDefinition(valid: readonly object[], number: number): unknown {
  const random = seededRandom(`${proofSeed}/definition ${number}`);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const root = structuredClone(pick(valid)) as Node;
  const other = nodesIn(structuredClone(pick(valid)) as Node);
  for (let left = 1 + Math.floor(random() * 4); left > 0; left--) {
    const node = pick(nodesIn(root));
    const key = pick([...Object.keys(node), '']);
    const act = pick([setOdd, setOdd, remove, rename, graft, deepen, add]);
    act(node, key);
  }
  return random() < 0.01 ? pick(odd) : root;

  function setOdd(node: Node, key: string): void {
    set(node, key, structuredClone(pick(odd)));
  }
  function remove(node: Node, key: string): void {
    if (Array.isArray(node)) node.splice(Number(key), 1);
    else delete node[key];
  }
  function rename(node: Node, key: string): void {
    if (Array.isArray(node)) return;
    const value = node[key];
    delete node[key];
    set(node, pick(names), value ?? null);
  }
  function graft(node: Node, key: string): void {
    set(node, key, structuredClone(pick(other)));
  }
  /** Lists within lists, as deep as the gateway lets a body be. */
  function deepen(node: Node, key: string): void {
    let value: unknown = pick(odd);
    for (let depth = Math.floor(random() * 80); depth > 0; depth--) value = random() < 0.5 ? [value] : { steps: value };
    set(node, key, value);
  }
  function add(node: Node): void {
    set(node, pick(names), structuredClone(pick([...odd, ...other])));
  }
}

function set(node: Node, key: string, value: unknown): void {
  if (Array.isArray(node)) node[/^\d+$/.test(key) ? Number(key) : node.length] = value;
  else node[key] = value;
}

function nodesIn(node: Node): Node[] {
  const inside = Object.values(node).filter((value): value is Node => typeof value === 'object' && value !== null);
  return [node, ...inside.flatMap(nodesIn)];
}

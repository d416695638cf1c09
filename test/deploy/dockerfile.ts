import { readFileSync } from 'node:fs';

export interface Stage {
  name: string;
  from: string;
  /** Instruction → what stands after it, in order. */
  instructions: readonly { name: string; text: string }[];
}

/** The stages of the Dockerfile by name. */
export function readDockerfile(): Map<string, Stage> {
  const lines = readFileSync('Dockerfile', 'utf8')
    .replace(/^\s*#.*$/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages = new Map<string, { name: string; from: string; instructions: { name: string; text: string }[] }>();
  let current: string | undefined;
  for (const line of lines) {
    const [, name = '', text = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    const [, from, as] = name === 'FROM' ? (/^(\S+) AS (\S+)$/.exec(text) ?? []) : [];
    if (from !== undefined && as !== undefined) stages.set((current = as), { name: as, from, instructions: [] });
    else if (current !== undefined) stages.get(current)?.instructions.push({ name, text });
  }
  return stages;
}

/** What stands after an instruction of a stage, or of the stage it is made from. */
export function inherited(stages: Map<string, Stage>, stage: string, instruction: string): string | undefined {
  const found = stages.get(stage);
  const own = found?.instructions.findLast(({ name }) => name === instruction)?.text;
  return own ?? (found === undefined ? undefined : inherited(stages, found.from, instruction));
}

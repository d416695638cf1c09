import { newId } from '@app/contracts';
import { describe, expect, it } from 'vitest';
import type { RunCommit } from '../run-commit.js';
import { oncePerContent } from './content.js';

const [a, b] = [newId(), newId()];
const changing = (runId: string, ...ids: string[]): RunCommit =>
  ({ runId, contentChanges: ids.map((contentId) => ({ change: { contentId } })) }) as unknown as RunCommit;

describe('a batch of commits', () => {
  const parts = (...rows: RunCommit[]): string[][] =>
    oncePerContent(rows).map((part) => part.map(({ runId }) => runId));

  it('stays one as long as no content is changed twice', () => {
    expect(parts(changing('1'), changing('2', a), changing('3', b), changing('4'))).toEqual([['1', '2', '3', '4']]);
  });

  it('is as many as content is changed in it, one after the other', () => {
    expect(parts(changing('1', a), changing('2', b, a), changing('3'), changing('4', a), changing('5', b))).toEqual([
      ['1', '3', '5'],
      ['2'],
      ['4'],
    ]);
  });
});

import type { RunValues } from '@app/blobs';

/** Stands where values are kept that are too large for rows: here none is. */
export const noLargeValues: Pick<RunValues, 'isLarge' | 'keep' | 'read' | 'assertRoom'> = {
  isLarge: () => false,
  keep: () => Promise.reject(new Error('nothing is large')),
  read: () => Promise.reject(new Error('nothing is kept')),
  assertRoom: () => Promise.resolve(),
};

import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { expect, it } from 'vitest';
import {
  contentBounds,
  ContentListQuery,
  ContentPatchDto,
  CreateContentDto,
  ReplaceContentDto,
} from './content.dto.js';

/** The numbers in the classes are those of the bounds that steps have. */
it.each([
  [CreateContentDto, ['type', 'title', 'body']],
  [ReplaceContentDto, ['type', 'title', 'body']],
  [ContentPatchDto, ['type', 'title', 'body']],
  [ContentListQuery, ['type']],
] as const)('%o takes what content may be, and no more', (Dto, fields) => {
  for (const field of fields) {
    const mistakes = (length: number): string[] => {
      const valid = Dto === ContentListQuery ? {} : { type: 'note', title: 'Bread' };
      const dto = plainToInstance<object, object>(Dto, { ...valid, [field]: 'x'.repeat(length) });
      return validateSync(dto).map(({ property }) => property);
    };
    expect([mistakes(contentBounds[field]), mistakes(contentBounds[field] + 1)]).toEqual([[], [field]]);
  }
});

import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { expect, it } from 'vitest';
import { MOST_EXPRESSION } from '../expressions.js';
import { CreateEventSubscriptionDto, EventSubscriptionPatchDto } from './event-subscriptions.dto.js';

it.each([CreateEventSubscriptionDto, EventSubscriptionPatchDto])(
  '%o takes a filter as long as any expression',
  (Dto) => {
    const mistakes = (length: number): string[] => {
      const dto = plainToInstance<object, object>(Dto, {
        types: ['a'],
        url: 'https://example.com/',
        filter: 'x'.repeat(length),
      });
      return validateSync(dto).map(({ property }) => property);
    };
    expect([mistakes(MOST_EXPRESSION), mistakes(MOST_EXPRESSION + 1)]).toEqual([[], ['filter']]);
  },
);

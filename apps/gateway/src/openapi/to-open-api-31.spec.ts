import { describe, expect, it } from 'vitest';
import { toOpenApi31 } from './to-open-api-31.js';

function schema(properties: object, required: string[]): unknown {
  const document = toOpenApi31({ components: { schemas: { A: { type: 'object', required, properties } } } } as never);
  return document.components?.schemas?.['A'];
}

describe('toOpenApi31', () => {
  it('makes null a type', () => {
    const nullable = {
      name: { type: 'string', nullable: true },
      kind: { type: 'string', enum: ['a'], nullable: true },
    };
    expect(schema({ ...nullable, user: { $ref: '#/x', nullable: true } }, [])).toMatchObject({
      properties: {
        name: { type: ['string', 'null'] },
        kind: { type: ['string', 'null'], enum: ['a', null] },
        user: { anyOf: [{ $ref: '#/x' }, { type: 'null' }] },
      },
    });
  });

  it('requires nothing that has a default', () => {
    const properties = { limit: { type: 'number', default: 20 }, id: { type: 'string' } };
    expect(schema(properties, ['limit', 'id'])).toMatchObject({ required: ['id'] });
    expect(schema(properties, ['limit'])).not.toHaveProperty('required');
  });

  it('knows a time by its name', () => {
    const properties = {
      created_at: { type: 'string' },
      ended_at: { type: 'string', nullable: true },
      expires_at: { type: 'number' },
    };
    expect(schema(properties, [])).toMatchObject({
      properties: {
        created_at: { format: 'date-time' },
        ended_at: { type: ['string', 'null'], format: 'date-time' },
        expires_at: { type: 'number' },
      },
    });
  });

  it('lets input and output be any value', () => {
    const properties = { input: { type: 'object', description: 'what comes in' }, config: { type: 'object' } };
    expect(schema(properties, [])).toMatchObject({
      properties: { input: { description: 'what comes in' }, config: { type: 'object' } },
    });
    expect(schema(properties, [])).not.toHaveProperty('properties.input.type');
  });
});

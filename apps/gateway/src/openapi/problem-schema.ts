import { requestErrorCodes } from '@app/contracts';
import type { OpenAPIObject } from '@nestjs/swagger';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

const text = { type: 'string' };
const fieldError = { type: 'object', required: ['field', 'message'], properties: { field: text, message: text } };

/** Every answer that is not a success looks like this (RFC 9457). */
export const problemSchema: Schemas = {
  Problem: {
    type: 'object',
    required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'request_id'],
    properties: {
      type: text,
      title: text,
      status: { type: 'integer' },
      detail: text,
      instance: text,
      code: { type: 'string', enum: Object.keys(requestErrorCodes) },
      request_id: text,
      errors: { type: 'array', items: fieldError, description: 'The wrong fields, each by its JSON path.' },
    },
  },
};

export const problemResponse = {
  description: 'A problem document; `code` says what it is about.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

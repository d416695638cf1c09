import { ProofMethod, requestErrorCodes } from '@app/contracts';
import type { OpenAPIObject } from '@nestjs/swagger';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

const text = { type: 'string' };
const neededProof = {
  type: 'object',
  required: ['methods', 'max_age_s'],
  properties: {
    methods: { type: 'array', items: { type: 'string', enum: Object.values(ProofMethod) } },
    max_age_s: { type: 'integer' },
  },
  description: 'With STEP_UP_REQUIRED: prove who you are in one of these ways, then send the request again.',
};
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
      needed_proof: neededProof,
    },
  },
};

export const problemResponse = {
  description: 'A problem document; `code` says what it is about.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

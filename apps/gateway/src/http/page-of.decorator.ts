import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';

/** Says in the OpenAPI document that a route answers with a page of these: the type of a generic is gone at run time. */
export function PageOf(item: Type): MethodDecorator {
  const properties = {
    data: { type: 'array', items: { $ref: getSchemaPath(item) } },
    page: { type: 'integer' },
    limit: { type: 'integer' },
    total: { type: 'integer', description: 'Exact up to 10,000; absent when a cursor was sent.' },
    total_is_lower_bound: { type: 'boolean', description: 'There are more than `total`.' },
    next_cursor: { type: 'string', description: 'Absent on the last page.' },
  };
  const schema = { type: 'object', required: ['data', 'page', 'limit'], properties };
  return applyDecorators(ApiExtraModels(item), ApiOkResponse({ schema }));
}
